{# The headline figures of all time are those of the facts. #}
{%- set order_value = safe_divide('facts.sales_after_discount', 'facts.orders') %}
{%- set purchase_frequency = safe_divide('facts.customer_orders', 'facts.customers') %}
{%- set net_sales = '(facts.net_sales_by_order_date - returns.unlinked_returns)' %}
{%- set kpi_values = {
    'net_sales': 'facts.sales_after_discount - returns.returns',
    'orders': 'facts.orders',
    'customers': 'facts.customers',
    'average_order_value': order_value,
    'average_order_value_net': safe_divide(net_sales, 'facts.orders'),
    'units_per_order': safe_divide('facts.units_sold', 'facts.orders'),
    'average_selling_price': safe_divide('facts.sales_after_discount', 'facts.units_sold'),
    'purchase_frequency': purchase_frequency,
    'simple_customer_value': '(' ~ order_value ~ ') * (' ~ purchase_frequency ~ ')'
} %}
with

facts as (

    select
        coalesce(sum(sales_after_discount), 0) as sales_after_discount,
        coalesce(sum(net_sales_by_order_date), 0) as net_sales_by_order_date,
        coalesce(sum(units_sold), 0) as units_sold,
        coalesce(sum(case when is_counted then 1 else 0 end), 0) as orders,
        count(case when is_counted and customer_key > 0 then order_key end) as customer_orders,
        count(distinct case when is_counted and customer_key > 0 then customer_key end) as customers
    from {{ ref('fct_orders') }}

),

returns as (

    select
        coalesce(sum(returns), 0) as returns,
        coalesce(sum(case when not is_order_linked then returns end), 0) as unlinked_returns
    from {{ ref('fct_returns') }}

),

expected as (

    {% for kpi_id, kpi_value in kpi_values.items() -%}
    select
        '{{ kpi_id }}' as kpi_id,
        cast({{ kpi_value }} as {{ type_decimal(28, 6) }}) as expected_value
    from facts
    cross join returns
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
)

select
    expected.kpi_id,
    expected.expected_value,
    kpi.kpi_value
from expected
left join {{ ref('mart_kpi') }} as kpi
    on expected.kpi_id = kpi.kpi_id
where
    kpi.kpi_id is null
    or (kpi.kpi_value is null) <> (expected.expected_value is null)
    or expected.expected_value <> kpi.kpi_value
