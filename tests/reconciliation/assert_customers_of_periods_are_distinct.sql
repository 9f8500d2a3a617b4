{# Customers of a period are distinct customers, although they are added up from days: counted again
   from the orders for every type of period, and from the lines for the months of each category. #}
{{ config(group='marts') }}
with

period_types as (

    select 'week' as period_type
    union all
    select 'quarter' as period_type
    union all
    select 'year' as period_type
    union all
    select 'fiscal_quarter' as period_type
    union all
    select 'fiscal_year' as period_type

),

counted as (

    select
        period_types.period_type,
        case period_types.period_type
            when 'week' then dates.week_start_date
            when 'quarter' then dates.quarter_start_date
            when 'year' then dates.year_start_date
            when 'fiscal_quarter' then dates.fiscal_quarter_start_date
            when 'fiscal_year' then dates.fiscal_year_start_date
        end as period_start_date,
        count(distinct orders.customer_key) as customers
    from {{ ref('fct_orders') }} as orders
    inner join {{ ref('dim_dates') }} as dates
        on orders.order_date = dates.calendar_date
    cross join period_types
    where orders.is_counted and orders.customer_key > 0
    group by 1, 2

),

counted_by_category as (

    select
        dates.month_start_date,
        product_versions.category,
        count(distinct order_lines.customer_key) as customers
    from {{ ref('fct_sales') }} as order_lines
    inner join {{ ref('dim_dates') }} as dates
        on order_lines.order_date = dates.calendar_date
    inner join {{ ref('dim_products_history') }} as product_versions
        on order_lines.product_history_key = product_versions.product_history_key
    where order_lines.is_counted and order_lines.customer_key > 0
    group by 1, 2

)

select
    periods.period_type,
    periods.period_start_date,
    'All sales' as slice_name,
    periods.customers,
    counted.customers as customers_counted
from {{ ref('int_sales_by_period') }} as periods
left join counted
    on
        periods.period_type = counted.period_type
        and periods.period_start_date = counted.period_start_date
where periods.customers <> coalesce(counted.customers, 0)

union all

select
    'month' as period_type,
    months.month_start_date as period_start_date,
    months.slice_name,
    months.customers,
    counted_by_category.customers as customers_counted
from {{ ref('fct_sales_by_month') }} as months
left join counted_by_category
    on
        months.month_start_date = counted_by_category.month_start_date
        and months.slice_name = counted_by_category.category
where
    months.slice_type = 'category'
    and months.customers <> coalesce(counted_by_category.customers, 0)
