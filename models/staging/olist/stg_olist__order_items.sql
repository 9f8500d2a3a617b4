{# Grain: one row per raw unit sold. #}
with

source as (

    select * from {{ source('olist', 'order_items') }}

),

renamed as (

    select
        trim(both ' ' from order_id) as order_id,
        {{ to_integer_or_null('order_item_id') }} as line_number,
        trim(both ' ' from product_id) as product_id,
        1 as quantity,
        {{ to_decimal_or_null('price') }} as unit_price,
        {{ rejection(
            keys=['order_id', 'order_item_id'],
            required=['product_id', 'price'],
            integers=['order_item_id'],
            decimals=['price', 'freight_value']
        ) }},
        {{ provenance() }}
    from source

)

select
    {{ conformed_columns(
        'order_items', 'olist', raw_table='order_items',
        lacks=['gross_amount', 'line_discount_amount', 'cost_amount', 'item_size', 'item_color']
    ) }}
from renamed
