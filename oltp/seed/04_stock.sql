-- On the shelf is what came back and a reserve as large as all sales so far, at least 500 units.
with

sold as (

    select
        raw_order_items.product_id,
        sum(cast(raw_order_items.quantity as bigint)) as quantity
    from raw_order_items
    inner join raw_orders
        on raw_order_items.order_id = raw_orders.order_id
    where raw_orders.order_status not in ('failed', 'cancelled')
    group by raw_order_items.product_id

),

returned as (

    select
        raw_order_items.product_id,
        sum(cast(raw_returns.quantity as bigint)) as quantity
    from raw_returns
    inner join raw_order_items
        on raw_returns.order_id = raw_order_items.order_id
        and raw_returns.line_number = raw_order_items.line_number
    group by raw_order_items.product_id

)

select
    raw_products.product_id,
    coalesce(sold.quantity, 0) + greatest(coalesce(sold.quantity, 0), 500) as opening_quantity,
    greatest(coalesce(sold.quantity, 0), 500) + coalesce(returned.quantity, 0) as quantity_on_hand,
    greatest(coalesce(sold.quantity, 0) // 20, 20) as reorder_level
from raw_products
left join sold
    on raw_products.product_id = sold.product_id
left join returned
    on raw_products.product_id = returned.product_id
order by cast(raw_products.product_id as bigint)
