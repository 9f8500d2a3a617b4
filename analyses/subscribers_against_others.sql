{# Are subscribers better customers? One row for each of the two groups. The difference describes
   the groups and is no effect of the programme: who buys often subscribes more readily.
   subscription_roi is known only with the variable subscription_cost. #}
select
    subscriber_group,
    customers,
    buyers,
    orders_per_customer,
    average_order_value,
    net_sales_per_customer,
    repeat_rate,
    retention_rate,
    running_subscriptions,
    monthly_fees,
    extra_margin_per_customer,
    subscription_roi
from {{ ref('mart_subscriptions') }}
order by subscriber_group desc
