{# Every status that a source uses stands in the seed order_status_map. An unlisted one would drop
   its orders from sales, so it stops the build; to accept it for now, list it there as unknown. #}
select
    orders.source_system,
    orders.source_order_status,
    count(*) as order_count
from {{ ref('int_orders_screened') }} as orders
left join {{ ref('order_status_map') }} as status_map
    on orders.source_order_status = status_map.raw_status
where
    orders.source_order_status is not null
    and status_map.raw_status is null
group by 1, 2
