{# Grain: one row per customer and month, from the month of the first dated counted order to the
   month of as_of_date. #}
with

orders as (

    select * from {{ ref('fct_orders') }}
    where
        is_counted
        and is_dated
        and customer_key > 0

),

run_context as (

    select * from {{ ref('run_context') }}

),

active_months as (

    select
        customer_key,
        {{ start_of_month('order_date') }} as month_start_date,
        count(*) as orders,
        sum(case when is_qualifying then 1 else 0 end) as qualifying_orders,
        sum(net_sales_by_order_date) as net_sales_by_order_date,
        max(case when is_qualifying then order_date else {{ unknown_date() }} end)
            as last_qualifying_date
    from orders
    group by 1, 2

),

first_months as (

    select
        customer_key,
        min(month_start_date) as cohort_month
    from active_months
    group by 1

),

months as (

    select distinct
        dates.month_start_date,
        dates.month_end_date <= run_context.as_of_date as is_complete
    from {{ ref('dim_dates') }} as dates
    cross join run_context
    where
        dates.month_start_date <= run_context.as_of_date
        and not dates.is_unknown

),

every_month as (

    select
        first_months.customer_key,
        months.month_start_date,
        first_months.cohort_month,
        cast(coalesce(active_months.orders, 0) as {{ type_integer() }}) as orders,
        cast(coalesce(active_months.qualifying_orders, 0) as {{ type_integer() }})
            as qualifying_orders,
        cast(coalesce(active_months.net_sales_by_order_date, 0) as {{ type_decimal(18, 4) }})
            as net_sales_by_order_date,
        coalesce(active_months.last_qualifying_date, {{ unknown_date() }}) as last_qualifying_date,
        months.is_complete
    from first_months
    inner join months
        on first_months.cohort_month <= months.month_start_date
    left join active_months
        on
            first_months.customer_key = active_months.customer_key
            and months.month_start_date = active_months.month_start_date

),

followed as (

    select
        *,
        lag(orders) over (partition by customer_key order by month_start_date) as prior_orders,
        sum(net_sales_by_order_date) over (
            partition by customer_key
            order by month_start_date
            rows between unbounded preceding and current row
        ) as cumulative_net_sales_by_order_date,
        max(last_qualifying_date) over (
            partition by customer_key
            order by month_start_date
            rows between unbounded preceding and current row
        ) as last_qualifying_date_so_far
    from every_month

),

final as (

    select
        customer_key,
        month_start_date,
        cohort_month,
        case
            when month_start_date = cohort_month then 'new'
            when orders > 0 and prior_orders > 0 then 'retained'
            when orders > 0 then 'reactivated'
            when prior_orders > 0 then 'lapsed'
            else 'dormant'
        end as customer_state,
        {{ months_between_months('cohort_month', 'month_start_date') }} as months_since_first_order,
        orders,
        qualifying_orders,
        net_sales_by_order_date,
        cast(cumulative_net_sales_by_order_date as {{ type_decimal(18, 4) }})
            as cumulative_net_sales_by_order_date,
        is_complete,
        case
            when last_qualifying_date_so_far > {{ unknown_date() }} then last_qualifying_date_so_far
        end as last_qualifying_date
    from followed

)

select * from final
