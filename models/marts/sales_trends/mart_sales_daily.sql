{# Grain: one row per day, slice_type and slice_name. The day 1900-01-01 holds sales and returns
   without a date. #}
{%- set windows = [7, 28] %}
with

days as (

    select * from {{ ref('int_sales_by_day') }}

),

compared as (

    select
        days.*,
        -- Every day up to as_of_date is over.
        true as is_complete,
        totals.sales_after_discount as total_sales_after_discount,
        prior_year.net_sales as prior_year_net_sales,
        {%- for window in windows %}
        sum(days.net_sales) over (
            partition by days.slice_type, days.slice_name, days.is_undated
            order by days.calendar_date
            rows between {{ window - 1 }} preceding and current row
        ) as net_sales_{{ window }}_days,
        {%- endfor %}
        row_number() over (
            partition by days.slice_type, days.slice_name, days.is_undated
            order by days.calendar_date
        ) as days_so_far,
        sum(days.net_sales) over (
            partition by
                days.slice_type, days.slice_name, {{ start_of_month('days.calendar_date') }}
            order by days.calendar_date
            rows between unbounded preceding and current row
        ) as net_sales_month_to_date
    from days
    inner join days as totals
        on
            days.calendar_date = totals.calendar_date
            and totals.slice_type = 'all'
    left join days as prior_year
        on
            {{ add_months('days.calendar_date', -12) }} = prior_year.calendar_date
            and days.slice_type = prior_year.slice_type
            and days.slice_name = prior_year.slice_name
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
        calendar_date,
        slice_type,
        slice_name,
        units_sold,
        gross_sales,
        discounts,
        sales_after_discount,
        returns,
        returns_by_order_date,
        net_sales,
        net_sales_by_order_date,
        orders,
        customers,
        {{ safe_divide('sales_after_discount', 'orders') }} as average_order_value,
        {{ safe_divide('sales_after_discount', 'total_sales_after_discount', 10) }}
            as share_of_total,
        {%- for window in windows %}
        case
            when not is_undated and days_so_far >= {{ window }}
                then {{ safe_divide('net_sales_' ~ window ~ '_days', window | string) }}
        end as moving_average_{{ window }}_days,
        {%- endfor %}
        cast(net_sales_month_to_date as {{ type_decimal(18, 4) }}) as net_sales_month_to_date,
        prior_year_net_sales,
        case
            when yearly_growth_status = 'ok'
                then {{ safe_divide(
                    '(net_sales - prior_year_net_sales)', 'prior_year_net_sales'
                ) }}
        end as year_over_year_growth,
        yearly_growth_status,
        is_prelaunch,
        is_undated
    from judged

)

select * from final
