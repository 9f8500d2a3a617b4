{# Subscribers and others, everyone, and the members of each demographic whose figures are all shown
   add up to the customers of mart_customer_360. #}
with

customers as (

    select
        count(*) as customers,
        coalesce(sum(orders_recognised), 0) as orders_recognised,
        coalesce(sum(net_sales_by_order_date), 0) as net_sales_by_order_date
    from {{ ref('mart_customer_360') }}

),

cuts as (

    select
        demographic as cut,
        sum(customers) as customers,
        sum(orders_recognised) as orders_recognised,
        sum(net_sales_by_order_date) as net_sales_by_order_date
    from {{ ref('mart_demographics') }}
    group by 1
    having max(case when is_suppressed then 1 else 0 end) = 0

    union all

    select
        'subscriber_group' as cut,
        sum(customers) as customers,
        sum(orders_recognised) as orders_recognised,
        sum(net_sales_by_order_date) as net_sales_by_order_date
    from {{ ref('mart_subscriptions') }}

)

select
    cuts.cut,
    cuts.customers,
    cuts.orders_recognised,
    cuts.net_sales_by_order_date
from cuts
cross join customers
where
    cuts.customers <> customers.customers
    or cuts.orders_recognised <> customers.orders_recognised
    or cuts.net_sales_by_order_date <> customers.net_sales_by_order_date
