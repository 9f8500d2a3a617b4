{# Who are the five best customers of all time? Ranked by what they bought and
   kept: net_sales_by_order_date.
   Guests are nobody in particular and are left out, but count in share_of_net_sales, the share in
   all net sales. Names and addresses stand in dim_customers_pii, which few may read. #}
with

totals as (

    select sum(net_sales_by_order_date) as all_net_sales
    from {{ ref('fct_orders') }}

),

customers as (

    select
        customer_key,
        count(*) as orders,
        sum(units_sold) as units_sold,
        sum(net_sales_by_order_date) as net_sales_by_order_date,
        max(order_date) as last_order_date
    from {{ ref('fct_orders') }}
    where
        is_counted
        and customer_key > 0
    group by 1

)

select
    customers.customer_key,
    people.source_system,
    people.region,
    people.segment,
    customers.orders,
    customers.units_sold,
    customers.net_sales_by_order_date,
    {{ safe_divide('customers.net_sales_by_order_date', 'totals.all_net_sales', 4) }}
        as share_of_net_sales,
    customers.last_order_date
from customers
inner join {{ ref('dim_customers') }} as people
    on customers.customer_key = people.customer_key
cross join totals
order by 7 desc, 5 desc, 1 asc
limit 5
