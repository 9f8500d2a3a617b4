{# The shares of an order discount add up to the discount, or to the goods where the discount is
   larger. #}
with

goods as (

    select
        order_key,
        sum(
            coalesce(gross_amount, quantity * unit_price, 0) - coalesce(line_discount_amount, 0)
        ) as goods_amount
    from {{ ref('int_order_items_screened') }}
    where
        row_outcome = 'accepted'
        and coalesce(gross_amount, quantity * unit_price, 0) > coalesce(line_discount_amount, 0)
    group by 1

),

allocated as (

    select
        order_key,
        sum(order_discount_allocation) as allocated_amount
    from {{ ref('int_order_items_priced') }}
    group by 1

)

select
    orders.order_key,
    orders.order_discount_amount,
    goods.goods_amount,
    allocated.allocated_amount
from {{ ref('int_orders_conformed') }} as orders
inner join goods
    on orders.order_key = goods.order_key
inner join allocated
    on orders.order_key = allocated.order_key
where
    allocated.allocated_amount <> case
        when orders.order_discount_amount > goods.goods_amount
            then floor(goods.goods_amount * 100) / 100
        else orders.order_discount_amount
    end
