{# Grain: one row per month, slice_type and slice_name; the days of fct_sales_by_day added up. The
   month 1900-01-01 holds sales and returns without a date. #}
with

run_context as (

    select
        as_of_date,
        day(as_of_date) as as_of_day
    from {{ ref('run_context') }}

),

days as (

    select
        dates.month_start_date,
        dates.month_end_date,
        dates.day_of_month,
        sales_by_day.*
    from {{ ref('fct_sales_by_day') }} as sales_by_day
    inner join {{ ref('dim_dates') }} as dates
        on sales_by_day.calendar_date = dates.calendar_date

),

monthly as (

    select
        days.month_start_date,
        days.slice_type,
        days.slice_name,
        sum(days.units_sold) as units_sold,
        sum(days.gross_sales) as gross_sales,
        sum(days.discounts) as discounts,
        sum(days.sales_after_discount) as sales_after_discount,
        sum(days.returns) as returns,
        sum(days.returns_by_order_date) as returns_by_order_date,
        sum(days.net_sales) as net_sales,
        sum(days.net_sales_by_order_date) as net_sales_by_order_date,
        sum(
            case when days.day_of_month <= run_context.as_of_day then days.net_sales else 0 end
        ) as first_days_net_sales,
        sum(days.tax) as tax,
        sum(days.shipping) as shipping,
        sum(days.total_sales_by_order_date) as total_sales_by_order_date,
        sum(days.orders) as orders,
        sum(days.customers_by_month) as customers,
        max(days.month_end_date) <= max(run_context.as_of_date)
        and max(case when days.is_undated then 1 else 0 end) = 0 as is_complete,
        min(case when days.is_prelaunch then 1 else 0 end) = 1 as is_prelaunch,
        max(case when days.is_undated then 1 else 0 end) = 1 as is_undated
    from days
    cross join run_context
    group by 1, 2, 3

),

final as (

    select
        month_start_date,
        slice_type,
        slice_name,
        cast(units_sold as {{ type_integer() }}) as units_sold,
        cast(gross_sales as {{ type_decimal(18, 4) }}) as gross_sales,
        cast(discounts as {{ type_decimal(18, 4) }}) as discounts,
        cast(sales_after_discount as {{ type_decimal(18, 4) }}) as sales_after_discount,
        cast(returns as {{ type_decimal(18, 4) }}) as returns,
        cast(returns_by_order_date as {{ type_decimal(18, 4) }}) as returns_by_order_date,
        cast(net_sales as {{ type_decimal(18, 4) }}) as net_sales,
        cast(net_sales_by_order_date as {{ type_decimal(18, 4) }}) as net_sales_by_order_date,
        cast(first_days_net_sales as {{ type_decimal(18, 4) }}) as first_days_net_sales,
        cast(tax as {{ type_decimal(18, 4) }}) as tax,
        cast(shipping as {{ type_decimal(18, 4) }}) as shipping,
        cast(total_sales_by_order_date as {{ type_decimal(18, 4) }}) as total_sales_by_order_date,
        cast(orders as {{ type_integer() }}) as orders,
        cast(customers as {{ type_integer() }}) as customers,
        is_complete,
        is_prelaunch,
        is_undated
    from monthly

)

select * from final
