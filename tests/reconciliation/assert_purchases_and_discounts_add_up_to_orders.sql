{# Every counted order has one payment method and one discount band; a dated one has one weekday and
   one month; an order that follows another of its customer has one band of days, and an order of an
   identified customer one band of the first order. #}
with

orders as (

    select
        *,
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

expected as (

    select
        count(*) as orders,
        sum(net_sales_by_order_date) as net_sales_by_order_date,
        sum(dated_orders) as dated_orders,
        sum(dated_orders * net_sales_by_order_date) as dated_net_sales,
        sum(timed_orders) as timed_orders,
        sum(timed_orders * net_sales_by_order_date) as timed_net_sales,
        sum(season_orders) as season_orders,
        sum(season_orders * net_sales_by_order_date) as season_net_sales,
        sum(shipped_orders) as shipped_orders,
        sum(shipped_orders * net_sales_by_order_date) as shipped_net_sales,
        sum(customer_orders) as customer_orders,
        sum(customer_orders * net_sales_by_order_date) as customer_net_sales,
        sum(orders.dated_orders * orders.customer_orders) - max(dated_customers.customers)
            as repeat_orders
    from orders
    cross join dated_customers

),

compared as (

    {% for mart, orders, net_sales in [
        ['mart_purchases_by_payment_method', 'orders', 'net_sales_by_order_date'],
        ['mart_purchases_by_weekday', 'dated_orders', 'dated_net_sales'],
        ['mart_purchases_by_month_of_year', 'dated_orders', 'dated_net_sales'],
        ['mart_purchases_by_hour', 'timed_orders', 'timed_net_sales'],
        ['mart_purchases_by_season', 'season_orders', 'season_net_sales'],
        ['mart_purchases_by_shipping_method', 'shipped_orders', 'shipped_net_sales'],
        ['mart_purchases_by_days_since_previous_order', 'repeat_orders', 'null'],
        ['mart_discounts_by_depth_band', 'orders', 'net_sales_by_order_date'],
        ['mart_discounts_by_first_order_band', 'customer_orders', 'customer_net_sales']
    ] -%}
    select
        '{{ mart }}' as mart,
        coalesce(found.orders, 0) as orders,
        coalesce(expected.{{ orders }}, 0) as expected_orders,
        coalesce(found.net_sales_by_order_date, 0) as net_sales_by_order_date,
        {% if net_sales == 'null' -%}
        null as expected_net_sales
        {%- else -%}
        coalesce(expected.{{ net_sales }}, 0) as expected_net_sales
        {%- endif %}
    from expected
    cross join (
        select
            sum(orders) as orders,
            sum(net_sales_by_order_date) as net_sales_by_order_date
        from {{ ref(mart) }}
    ) as found
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
)

select * from compared
where
    orders <> expected_orders
    or net_sales_by_order_date <> expected_net_sales
