{# Every cohort begins complete: in month 0 all its customers ordered, so the rate is 1. The cohorts
   together are the customers with a dated counted order; their months run without a gap and have
   all net sales of these orders. #}
with

cohorts as (

    select
        cohort_month,
        max(case when months_since_first_order = 0 then cohort_size else 0 end) as customers,
        sum(case when months_since_first_order = 0 then retention_rate else 0 end) as first_rate,
        max(months_since_first_order) + 1 as expected_months,
        count(*) as months,
        sum(net_sales_by_order_date) as net_sales_by_order_date,
        max(cumulative_net_sales_by_order_date) as cumulative_net_sales_by_order_date
    from {{ ref('mart_cohort_retention') }}
    group by 1

),

totals as (

    select
        coalesce(sum(customers), 0) as customers,
        coalesce(sum(net_sales_by_order_date), 0) as net_sales_by_order_date
    from cohorts

),

orders as (

    select
        count(distinct customer_key) as customers,
        coalesce(sum(net_sales_by_order_date), 0) as net_sales_by_order_date
    from {{ ref('fct_orders') }}
    where
        is_counted
        and is_dated
        and customer_key > 0

)

select
    cohort_month,
    customers,
    net_sales_by_order_date
from cohorts
where
    first_rate <> 1
    or months <> expected_months
    or net_sales_by_order_date <> cumulative_net_sales_by_order_date

union all

select
    {{ unknown_date() }} as cohort_month,
    totals.customers,
    totals.net_sales_by_order_date
from totals
cross join orders
where
    totals.customers <> orders.customers
    or totals.net_sales_by_order_date <> orders.net_sales_by_order_date
