{# Grain: one row per day, slice_type and slice_name; no day is missing from the first one of the
   business to as_of_date. The day 1900-01-01 holds sales and returns without a date. Months and all
   other periods are sums of these days. #}
with

orders_by_day as (

    select * from {{ ref('fct_orders_by_day') }}

),

returns_by_day as (

    select * from {{ ref('fct_returns_by_day') }}

),

active_days as (

    select
        slice_type,
        slice_name,
        calendar_date
    from orders_by_day

    union

    select
        slice_type,
        slice_name,
        calendar_date
    from returns_by_day

),

members as (

    -- Not NULL: MySQL 9 turns the smallest of no dates into 0000-00-00.
    select
        slice_type,
        slice_name,
        min(
            case
                when calendar_date > {{ unknown_date() }} then calendar_date
                else cast('9999-12-31' as date)
            end
        ) as first_date
    from active_days
    group by 1, 2

),

business as (

    select min(first_date) as first_date
    from members

),

days as (

    select dates.calendar_date
    from {{ ref('dim_dates') }} as dates
    cross join business
    cross join {{ ref('run_context') }} as run_context
    where
        dates.calendar_date >= business.first_date
        and dates.calendar_date <= run_context.as_of_date
        and not dates.is_unknown

    union

    -- Sales and returns without a date have a row of their own, so that totals add up.
    select calendar_date
    from active_days
    where calendar_date = {{ unknown_date() }}

),

filled as (

    select
        days.calendar_date,
        members.slice_type,
        members.slice_name,
        coalesce(orders_by_day.units_sold, 0) as units_sold,
        coalesce(orders_by_day.gross_sales, 0) as gross_sales,
        coalesce(orders_by_day.discounts, 0) as discounts,
        coalesce(orders_by_day.sales_after_discount, 0) as sales_after_discount,
        coalesce(returns_by_day.returns, 0) as returns,
        coalesce(orders_by_day.returns_by_order_date, 0)
        + coalesce(returns_by_day.unlinked_returns, 0) as returns_by_order_date,
        coalesce(orders_by_day.tax, 0) as tax,
        coalesce(orders_by_day.shipping, 0) as shipping,
        coalesce(orders_by_day.refunded_charges, 0) as refunded_charges,
        coalesce(orders_by_day.orders, 0) as orders,
        coalesce(orders_by_day.customers_by_day, 0) as customers_by_day,
        coalesce(orders_by_day.customers_by_week, 0) as customers_by_week,
        coalesce(orders_by_day.customers_by_month, 0) as customers_by_month,
        coalesce(orders_by_day.customers_by_quarter, 0) as customers_by_quarter,
        coalesce(orders_by_day.customers_by_year, 0) as customers_by_year,
        coalesce(orders_by_day.customers_by_fiscal_quarter, 0) as customers_by_fiscal_quarter,
        coalesce(orders_by_day.customers_by_fiscal_year, 0) as customers_by_fiscal_year,
        days.calendar_date = {{ unknown_date() }} as is_undated,
        days.calendar_date > {{ unknown_date() }}
        and days.calendar_date < members.first_date as is_prelaunch
    from days
    cross join members
    left join orders_by_day
        on
            days.calendar_date = orders_by_day.calendar_date
            and members.slice_type = orders_by_day.slice_type
            and members.slice_name = orders_by_day.slice_name
    left join returns_by_day
        on
            days.calendar_date = returns_by_day.calendar_date
            and members.slice_type = returns_by_day.slice_type
            and members.slice_name = returns_by_day.slice_name

),

final as (

    select
        calendar_date,
        slice_type,
        slice_name,
        units_sold,
        gross_sales,
        discounts,
        sales_after_discount,
        returns,
        cast(returns_by_order_date as {{ type_decimal(18, 4) }}) as returns_by_order_date,
        cast(sales_after_discount - returns as {{ type_decimal(18, 4) }}) as net_sales,
        cast(sales_after_discount - returns_by_order_date as {{ type_decimal(18, 4) }})
            as net_sales_by_order_date,
        case when slice_type <> 'category' then tax end as tax,
        case when slice_type <> 'category' then shipping end as shipping,
        cast(
            case
                when slice_type <> 'category'
                    then
                        sales_after_discount - returns_by_order_date
                        + tax + shipping - refunded_charges
            end as {{ type_decimal(18, 4) }}
        ) as total_sales_by_order_date,
        orders,
        customers_by_day,
        customers_by_week,
        customers_by_month,
        customers_by_quarter,
        customers_by_year,
        customers_by_fiscal_quarter,
        customers_by_fiscal_year,
        is_prelaunch,
        is_undated
    from filled

)

select * from final
