{# The headline figures of all time are those of the facts. #}
with

facts as (

    select
        coalesce(sum(sales_after_discount), 0) as sales_after_discount,
        coalesce(sum(case when is_counted then 1 else 0 end), 0) as orders,
        count(distinct case when is_counted and customer_key > 0 then customer_key end) as customers
    from {{ ref('fct_orders') }}

),

returns as (

    select coalesce(sum(returns_ev), 0) as returns_ev
    from {{ ref('fct_returns') }}

),

expected as (

    select
        'net_sales' as kpi_id,
        facts.sales_after_discount - returns.returns_ev as expected_value
    from facts
    cross join returns

    union all

    select
        'orders' as kpi_id,
        facts.orders as expected_value
    from facts

    union all

    select
        'customers' as kpi_id,
        facts.customers as expected_value
    from facts

)

select
    expected.kpi_id,
    expected.expected_value,
    kpi.kpi_value
from expected
left join {{ ref('mart_kpi') }} as kpi
    on
        expected.kpi_id = kpi.kpi_id
        and kpi.period_type = 'all'
where
    kpi.kpi_value is null
    or expected.expected_value <> kpi.kpi_value
