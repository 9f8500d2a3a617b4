{# Where do orders get lost? One row per month of the last six, the latest first: the orders placed,
   and those lost at each step from confirmed to kept. Orders of the last weeks may simply not have
   arrived yet: compare months that are old enough. #}
select
    funnel.month_start_date,
    funnel.placed_orders,
    funnel.placed_orders - funnel.confirmed_orders as not_confirmed,
    funnel.confirmed_orders - funnel.shipped_orders as not_shipped,
    funnel.shipped_orders - funnel.delivered_orders as not_delivered,
    funnel.delivered_orders - funnel.kept_orders as not_kept,
    funnel.kept_orders,
    funnel.kept_share_of_placed,
    funnel.average_shipping_days,
    funnel.average_delivery_days
from {{ ref('mart_order_funnel') }} as funnel
cross join {{ ref('run_context') }} as run_context
where funnel.month_start_date > {{ add_months('run_context.as_of_date', -6) }}
order by funnel.month_start_date desc
