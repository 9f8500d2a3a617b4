{# Grain: one row per raw price of a product. #}
with

source as (

    select * from {{ source('shop', 'product_prices') }}

),

renamed as (

    select
        {{ clean_text('product_id') }} as product_id,
        {{ to_integer_or_null('price_sequence') }} as change_sequence,
        {{ to_timestamp_or_null('valid_from') }} as changed_at_utc,
        {{ to_decimal_or_null('list_price') }} as list_price,
        {{ to_decimal_or_null('unit_cost') }} as unit_cost,
        {{ rejection(
            keys=['product_id', 'price_sequence'],
            required=['valid_from'],
            timestamps=['valid_from'],
            integers=['price_sequence'],
            decimals=['list_price', 'unit_cost']
        ) }},
        {{ provenance() }}
    from source

)

select
    {{ conformed_columns(
        'product_changes', 'shop', raw_table='product_prices',
        lacks=['category', 'sub_category']
    ) }}
from renamed
