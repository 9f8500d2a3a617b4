{# Every counted order has one payment method and one discount band; a dated one has one weekday and
   one month; an order that follows another of its customer has one band of days, and an order of an
   identified customer one band of the first order. Some have an hour, a season, a shipping method. #}
{%- set orders_of_marts = {
    'mart_purchases_by_payment_method': 'all_orders',
    'mart_discounts_by_depth_band': 'all_orders',
    'mart_purchases_by_weekday': 'dated_orders',
    'mart_purchases_by_month_of_year': 'dated_orders',
    'mart_purchases_by_hour': 'timed_orders',
    'mart_purchases_by_season': 'season_orders',
    'mart_purchases_by_shipping_method': 'shipped_orders',
    'mart_discounts_by_first_order_band': 'customer_orders'
} %}
with

orders as (

    select
        *,
        1 as all_orders,
        case when is_dated then 1 else 0 end as dated_orders,
        case when is_dated and order_hour is not null then 1 else 0 end as timed_orders,
        case when season is not null then 1 else 0 end as season_orders,
        case when shipping_method is not null then 1 else 0 end as shipped_orders,
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

    {% for mart in orders_of_marts -%}
    select
        '{{ mart }}' as mart,
        sum(orders) as orders,
        sum(net_sales_by_order_date) as net_sales_by_order_date
    from {{ ref(mart) }}

    union all

    {% endfor -%}
    select
        'mart_purchases_by_days_since_previous_order' as mart,
        sum(orders) as orders,
        null as net_sales_by_order_date
    from {{ ref('mart_purchases_by_days_since_previous_order') }}

),

expected as (

    {% for mart, number_of_orders in orders_of_marts.items() -%}
    select
        '{{ mart }}' as mart,
        coalesce(sum({{ number_of_orders }}), 0) as orders,
        coalesce(sum({{ number_of_orders }} * net_sales_by_order_date), 0)
            as net_sales_by_order_date
    from orders

    union all

    {% endfor -%}
    select
        'mart_purchases_by_days_since_previous_order' as mart,
        coalesce(sum(orders.dated_orders * orders.customer_orders), 0)
        - coalesce(max(dated_customers.customers), 0) as orders,
        null as net_sales_by_order_date
    from orders
    cross join dated_customers

)

select
    expected.mart,
    expected.orders as expected_orders,
    found.orders,
    expected.net_sales_by_order_date as expected_net_sales_by_order_date,
    found.net_sales_by_order_date
from expected
inner join found
    on expected.mart = found.mart
where
    expected.orders <> coalesce(found.orders, 0)
    or expected.net_sales_by_order_date <> coalesce(found.net_sales_by_order_date, 0)
