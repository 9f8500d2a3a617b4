{# Every counted order has one payment method and one discount band; a dated one has one weekday and
   one month; an order that follows another of its customer has one band of days, and an order of an
   identified customer one band of the first order. #}
with

orders as (

    select
        *,
        case when is_dated then 1 else 0 end as dated_orders,
        case when customer_key > 0 then 1 else 0 end as customer_orders
    from {{ ref('fct_orders') }}
    where is_counted

),

dated_customers as (

    select count(distinct customer_key) as customers
    from orders
    where
        is_dated
        and customer_key > 0

),

found as (

    select
        pattern_type as slice_type,
        sum(orders) as orders,
        sum(net_sales_by_order_date) as net_sales_by_order_date
    from {{ ref('mart_purchase_patterns') }}
    group by 1

    union all

    select
        slice_type,
        sum(orders) as orders,
        sum(net_sales_by_order_date) as net_sales_by_order_date
    from {{ ref('mart_discounts') }}
    group by 1

),

expected as (

    {% for slice_type in ['payment_method', 'depth_band'] -%}
    select
        '{{ slice_type }}' as slice_type,
        count(*) as orders,
        coalesce(sum(net_sales_by_order_date), 0) as net_sales_by_order_date
    from orders

    union all

    {% endfor -%}
    {% for slice_type in ['day_of_week', 'month_of_year'] -%}
    select
        '{{ slice_type }}' as slice_type,
        coalesce(sum(dated_orders), 0) as orders,
        coalesce(sum(dated_orders * net_sales_by_order_date), 0) as net_sales_by_order_date
    from orders

    union all

    {% endfor -%}
    select
        'first_order_band' as slice_type,
        coalesce(sum(customer_orders), 0) as orders,
        coalesce(sum(customer_orders * net_sales_by_order_date), 0) as net_sales_by_order_date
    from orders

    union all

    select
        'days_since_previous_order' as slice_type,
        coalesce(sum(orders.dated_orders * orders.customer_orders), 0)
        - coalesce(max(dated_customers.customers), 0) as orders,
        null as net_sales_by_order_date
    from orders
    cross join dated_customers

)

select
    expected.slice_type,
    expected.orders as expected_orders,
    found.orders,
    expected.net_sales_by_order_date as expected_net_sales_by_order_date,
    found.net_sales_by_order_date
from expected
left join found
    on expected.slice_type = found.slice_type
where
    expected.orders <> coalesce(found.orders, 0)
    or expected.net_sales_by_order_date <> coalesce(found.net_sales_by_order_date, 0)
