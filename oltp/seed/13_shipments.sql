with

parcels as (

    select
        order_id,
        max(changed_at) filter (where order_status = 'shipped') as shipped_at,
        max(changed_at) filter (where order_status = 'delivered') as delivered_at
    from raw_order_status_history
    group by order_id

)

select
    row_number() over (order by parcels.shipped_at, cast(parcels.order_id as bigint)) as shipment_id,
    parcels.order_id,
    raw_orders.shipping_method,
    parcels.shipped_at,
    parcels.delivered_at
from parcels
inner join raw_orders
    on parcels.order_id = raw_orders.order_id
where parcels.shipped_at is not null
order by shipment_id
