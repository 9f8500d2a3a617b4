{# Grain: one row per raw purchase: each is an order of one line and one unit of an unnamed product.
   #}
with

base as (

    select * from {{ ref('base_customer_profiles__purchases') }}

),

renamed as (

    select
        order_id,
        1 as line_number,
        'unnamed' as product_id,
        1 as quantity,
        purchase_amount as unit_price,
        rejection_reason,
        rejected_column,
        {{ provenance() }}
    from base

)

select
    {{ conformed_columns(
        'order_items', 'customer_profiles', raw_table='purchases',
        lacks=['gross_amount', 'line_discount_amount', 'cost_amount', 'item_size', 'item_color']
    ) }}
from renamed
