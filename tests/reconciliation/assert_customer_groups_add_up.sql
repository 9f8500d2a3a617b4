{# Subscribers and others, everyone, and the groups of each demographic whose figures are all shown
   add up to the customers of mart_customer_360. #}
{%- set marts = [
    'mart_demographics_by_age_group', 'mart_demographics_by_gender',
    'mart_demographics_by_income_band', 'mart_demographics_by_region',
    'mart_demographics_by_segment', 'mart_demographics_by_age_group_and_gender'
] %}
with

customers as (

    select
        count(*) as customers,
        coalesce(sum(orders_recognised), 0) as orders_recognised,
        coalesce(sum(net_sales_by_order_date), 0) as net_sales_by_order_date
    from {{ ref('mart_customer_360') }}

),

cuts as (

    {% for mart in marts -%}
    select
        '{{ mart }}' as cut,
        sum(customers) as customers,
        sum(orders_recognised) as orders_recognised,
        sum(net_sales_by_order_date) as net_sales_by_order_date
    from {{ ref(mart) }}
    having max(case when is_suppressed then 1 else 0 end) = 0

    union all

    {% endfor -%}
    select
        'all' as cut,
        customers,
        orders_recognised,
        net_sales_by_order_date
    from {{ ref('mart_demographics') }}

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
