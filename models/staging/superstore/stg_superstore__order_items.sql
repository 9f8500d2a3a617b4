{# Grain: one row per raw order line. #}
with

base as (

    select * from {{ ref('base_superstore__orders') }}

),

renamed as (

    select
        order_id,
        line_number,
        product_id,
        quantity,
        -- Sales is the value after discount; the list value is found by undoing the discount.
        case
            when discount_rate = 1 then sales_amount
            else {{ safe_divide('sales_amount', '(1 - discount_rate)', 4) }}
        end as gross_amount,
        case
            when discount_rate = 1 then 0
            else {{ safe_divide('sales_amount', '(1 - discount_rate)', 4) }} - sales_amount
        end as line_discount_amount,
        sales_amount - profit_amount as cost_amount,
        rejection_reason,
        rejected_column,
        {{ provenance() }}
    from base

)

select
    {{ conformed_columns(
        'order_items', 'superstore', raw_table='orders',
        lacks=['unit_price', 'item_size', 'item_color']
    ) }}
from renamed
