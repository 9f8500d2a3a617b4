{# Grain: one row per month_start_date and order_status; what has no date is in the month NULL. #}
with

orders as (

    select * from {{ ref('fct_orders') }}
    where not is_future

),

statuses as (

    select * from {{ ref('dim_order_statuses') }}

),

-- Undated orders stand in the month of the unknown date.
months as (

    select period_start_date as month_start_date
    from {{ ref('int_periods') }}
    where
        period_type = 'month'
        and period_start_date > {{ unknown_date() }}

    union all

    select distinct {{ unknown_date() }} as month_start_date
    from orders
    where not is_dated

),

monthly as (

    select
        {{ start_of_month('order_date') }} as month_start_date,
        order_status_key,
        count(*) as orders,
        sum(ordered_units) as ordered_units,
        sum(ordered_amount) as ordered_amount
    from orders
    group by 1, 2

),

counted as (

    select
        months.month_start_date,
        statuses.order_status,
        statuses.is_recognised,
        coalesce(monthly.orders, 0) as orders,
        coalesce(monthly.ordered_units, 0) as ordered_units,
        coalesce(monthly.ordered_amount, 0) as ordered_amount
    from months
    cross join statuses
    left join monthly
        on
            months.month_start_date = monthly.month_start_date
            and statuses.order_status_key = monthly.order_status_key

),

compared as (

    select
        *,
        sum(orders) over (partition by month_start_date) as orders_of_month
    from counted

),

final as (

    select
        case when month_start_date > {{ unknown_date() }} then month_start_date end
            as month_start_date,
        order_status,
        cast(orders as {{ type_integer() }}) as orders,
        cast(ordered_units as {{ type_integer() }}) as ordered_units,
        cast(ordered_amount as {{ type_decimal(18, 4) }}) as ordered_amount,
        {{ safe_divide('orders', 'orders_of_month') }} as share_of_orders,
        is_recognised,
        month_start_date = {{ unknown_date() }} as is_undated
    from compared

)

select * from final
