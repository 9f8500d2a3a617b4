{# Grain: one row per day; one more row, without a date, holds sales and returns that have none. #}
with

days as (

    select
        *,
        -- Every day up to as_of_date is over.
        true as is_complete,
        {{ add_months('calendar_date', -12) }} as year_before_date
    from {{ ref('fct_sales_by_day') }}
    where slice_type = 'all'

),

compared as (

    select
        days.*,
        prior_year.net_sales as prior_year_net_sales,
        sum(days.net_sales) over (
            partition by days.is_undated
            order by days.calendar_date
            rows between 6 preceding and current row
        ) as net_sales_7_days,
        sum(days.net_sales) over (
            partition by days.is_undated
            order by days.calendar_date
            rows between 27 preceding and current row
        ) as net_sales_28_days,
        row_number() over (
            partition by days.is_undated
            order by days.calendar_date
        ) as days_so_far,
        sum(days.net_sales) over (
            partition by {{ start_of_month('days.calendar_date') }}
            order by days.calendar_date
            rows between unbounded preceding and current row
        ) as net_sales_month_to_date
    from days
    left join days as prior_year
        on
            days.year_before_date = prior_year.calendar_date
            and not prior_year.is_undated

),

judged as (

    select
        *,
        {{ growth_status('prior_year_net_sales') }} as yearly_growth_status
    from compared

),

final as (

    select
        case when not is_undated then calendar_date end as calendar_date,
        units_sold,
        gross_sales,
        discounts,
        sales_after_discount,
        returns,
        returns_by_order_date,
        net_sales,
        net_sales_by_order_date,
        tax,
        shipping,
        total_sales_by_order_date,
        orders,
        customers_by_day as customers,
        {{ safe_divide('sales_after_discount', 'orders') }} as average_order_value,
        case
            when not is_undated and days_so_far >= 7
                then {{ safe_divide('net_sales_7_days', '7') }}
        end as moving_average_7_days,
        case
            when not is_undated and days_so_far >= 28
                then {{ safe_divide('net_sales_28_days', '28') }}
        end as moving_average_28_days,
        cast(net_sales_month_to_date as {{ type_decimal(18, 4) }}) as net_sales_month_to_date,
        prior_year_net_sales,
        case
            when yearly_growth_status = 'ok'
                then {{ safe_divide('(net_sales - prior_year_net_sales)', 'prior_year_net_sales') }}
        end as year_over_year_growth,
        yearly_growth_status,
        is_undated
    from judged

)

select * from final
