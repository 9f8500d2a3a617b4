{# In each month new, retained and reactivated customers together are the customers with a dated
   counted order, and the states have all orders and net sales of these. #}
with

states as (

    select
        month_start_date,
        sum(
            case
                when customer_state in ('new', 'retained', 'reactivated') then customers
                else 0
            end
        ) as active_customers,
        sum(orders) as orders,
        sum(net_sales_by_order_date) as net_sales_by_order_date
    from {{ ref('mart_customer_states') }}
    group by 1

),

orders as (

    select
        {{ start_of_month('order_date') }} as month_start_date,
        count(distinct customer_key) as active_customers,
        count(*) as orders,
        sum(net_sales_by_order_date) as net_sales_by_order_date
    from {{ ref('fct_orders') }}
    where
        is_counted
        and is_dated
        and customer_key > 0
    group by 1

),

months as (

    select month_start_date from states

    union

    select month_start_date from orders

)

select
    months.month_start_date,
    states.active_customers,
    orders.active_customers as buyers,
    states.net_sales_by_order_date,
    orders.net_sales_by_order_date as fact_net_sales_by_order_date
from months
left join states
    on months.month_start_date = states.month_start_date
left join orders
    on months.month_start_date = orders.month_start_date
where
    coalesce(states.active_customers, 0) <> coalesce(orders.active_customers, 0)
    or coalesce(states.orders, 0) <> coalesce(orders.orders, 0)
    or coalesce(states.net_sales_by_order_date, 0) <> coalesce(orders.net_sales_by_order_date, 0)
