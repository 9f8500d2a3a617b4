with

goods as (

    select
        order_id,
        sum(cast(quantity as int) * cast(unit_price as decimal(18, 4)) - cast(line_discount_amount as decimal(18, 4)))
            as goods_amount
    from raw_order_items
    group by order_id

),

statuses as (

    select
        order_id,
        max(changed_at) as status_changed_at
    from raw_order_status_history
    group by order_id

)

select
    raw_orders.order_id,
    raw_orders.customer_id,
    addresses.address_id as ship_address_id,
    raw_orders.ordered_at,
    raw_orders.order_status,
    statuses.status_changed_at,
    raw_orders.channel,
    raw_orders.payment_method,
    raw_orders.shipping_method,
    raw_orders.promotion_code,
    goods.goods_amount,
    raw_orders.order_discount_amount,
    raw_orders.shipping_amount,
    raw_orders.tax_amount
from raw_orders
inner join goods
    on raw_orders.order_id = goods.order_id
inner join statuses
    on raw_orders.order_id = statuses.order_id
inner join addresses
    on raw_orders.customer_id is not distinct from addresses.customer_id
    and raw_orders.ship_postal_code = addresses.postal_code
    and raw_orders.ship_city = addresses.city
    and raw_orders.ship_state = addresses.state
    and raw_orders.ship_country = addresses.country
order by cast(raw_orders.order_id as bigint)
