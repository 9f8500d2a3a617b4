{# Grain: one row per raw purchase: each is an order of one line and one unit, named after its
   customer. #}
with

base as (

    select * from {{ ref('base_shopping_trends__purchases') }}

),

renamed as (

    select
        customer_id as order_id,
        1 as line_number,
        product_id,
        1 as quantity,
        -- The amount paid; how much the discount took off is not given.
        purchase_amount as unit_price,
        item_size,
        item_color,
        rejection_reason,
        rejected_column,
        {{ provenance() }}
    from base

)

select
    {{ conformed_columns(
        'order_items', 'shopping_trends', raw_table='purchases',
        lacks=['gross_amount', 'line_discount_amount', 'cost_amount']
    ) }}
from renamed
