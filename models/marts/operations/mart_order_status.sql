{# Grain: one row per period_type (all, month), period_start_date and order_status. #}
with

orders as (

    select * from {{ ref('fct_orders') }}
    where not is_future

),

statuses as (

    select * from {{ ref('dim_order_statuses') }}

),

periods as (

    select
        period_type,
        period_start_date
    from {{ ref('int_period_totals') }}
    where
        period_type = 'all'
        or (period_type = 'month' and period_start_date > {{ unknown_date() }})

),

monthly as (

    select
        {{ start_of_month('order_date') }} as month_start_date,
        is_dated,
        order_status_key,
        count(*) as orders,
        sum(ordered_units) as ordered_units,
        sum(ordered_amount) as ordered_amount
    from orders
    group by 1, 2, 3

),

counted as (

    select
        periods.period_type,
        periods.period_start_date,
        statuses.order_status,
        statuses.is_recognised,
        cast(coalesce(sum(monthly.orders), 0) as {{ type_integer() }}) as orders,
        cast(coalesce(sum(monthly.ordered_units), 0) as {{ type_integer() }}) as ordered_units,
        cast(
            coalesce(sum(monthly.ordered_amount), 0) as {{ type_decimal(18, 4) }}
        ) as ordered_amount
    from periods
    cross join statuses
    left join monthly
        on
            statuses.order_status_key = monthly.order_status_key
            and (
                periods.period_type = 'all'
                or (monthly.is_dated and periods.period_start_date = monthly.month_start_date)
            )
    group by 1, 2, 3, 4

),

compared as (

    select
        *,
        sum(orders) over (partition by period_type, period_start_date) as orders_of_period
    from counted

),

final as (

    select
        period_type,
        period_start_date,
        order_status,
        orders,
        ordered_units,
        ordered_amount,
        {{ safe_divide('orders', 'orders_of_period') }} as share_of_orders,
        is_recognised
    from compared

)

select * from final
