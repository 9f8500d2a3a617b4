{# Warns, since 2026-11, because the discount is capped at the value of the goods and the rest is
   reported here. #}
{{ config(severity='warn') }}
with

line_totals as (

    select
        order_key,
        sum(order_discount_allocation) as allocated_amount,
        sum(line_discount_excess) as line_discount_excess
    from {{ ref('int_order_items_priced') }}
    group by 1

)

select
    orders.source_system,
    orders.order_id,
    orders.order_discount_amount - line_totals.allocated_amount as order_discount_excess,
    line_totals.line_discount_excess
from {{ ref('int_orders_conformed') }} as orders
inner join line_totals
    on orders.order_key = line_totals.order_key
where
    orders.order_discount_amount > line_totals.allocated_amount
    or line_totals.line_discount_excess > 0
