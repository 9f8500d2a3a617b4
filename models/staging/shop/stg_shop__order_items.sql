{# Grain: one row per raw order line. #}
with

source as (

    select * from {{ source('shop', 'order_items') }}

),

renamed as (

    select
        trim(both ' ' from order_id) as order_id,
        {{ to_integer_or_null('line_number') }} as line_number,
        trim(both ' ' from product_id) as product_id,
        {{ to_decimal_or_null('quantity') }} as quantity,
        {{ to_decimal_or_null('unit_price') }} as unit_price,
        {{ to_decimal_or_null('line_discount_amount') }} as line_discount_amount,
        {{ rejection(
            keys=['order_id', 'line_number'],
            required=['product_id', 'quantity', 'unit_price'],
            integers=['line_number'],
            decimals=['quantity', 'unit_price', 'line_discount_amount']
        ) }},
        {{ provenance() }}
    from source

)

select
    {{ conformed_columns(
        'order_items', 'shop', raw_table='order_items',
        lacks=['gross_amount', 'cost_amount', 'item_size', 'item_color']
    ) }}
from renamed
