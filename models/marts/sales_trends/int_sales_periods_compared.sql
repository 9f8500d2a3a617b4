{# Grain: one row per period_type and period_start_date, over all sales; each period beside the one
   before and the same one a year before. Period types: week, quarter, year, fiscal_quarter and
   fiscal_year. #}
with

periods as (

    select
        *,
        false as is_prelaunch,
        -- No period is missing, so the row before is the period before.
        lag(net_sales) over (
            partition by period_type, is_undated
            order by period_start_date
        ) as prior_net_sales,
        case
            when period_type = 'week' then {{ add_days('period_start_date', -364) }}
            else {{ add_months('period_start_date', -12) }}
        end as year_before_date,
        {{ add_days('period_start_date', -371) }} as longer_year_before_date
    from {{ ref('int_sales_by_period') }}

),

compared as (

    select
        periods.*,
        -- A year of weeks is 52 of them or, where the number says so, 53.
        case
            when periods.period_type <> 'week' or periods.period_number = year_before.period_number
                then year_before.net_sales
            else longer_year_before.net_sales
        end as prior_year_net_sales
    from periods
    left join periods as year_before
        on
            periods.period_type = year_before.period_type
            and periods.year_before_date = year_before.period_start_date
            and not year_before.is_undated
    left join periods as longer_year_before
        on
            periods.period_type = longer_year_before.period_type
            and periods.longer_year_before_date = longer_year_before.period_start_date
            and longer_year_before.period_type = 'week'
            and not longer_year_before.is_undated

),

judged as (

    select
        *,
        {{ growth_status('prior_net_sales') }} as growth_status,
        {{ growth_status('prior_year_net_sales') }} as yearly_growth_status
    from compared

),

final as (

    select
        period_type,
        period_start_date,
        case when not is_undated then period_end_date end as period_end_date,
        period_name,
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
        prior_net_sales,
        cast(net_sales - prior_net_sales as {{ type_decimal(18, 4) }}) as absolute_change,
        case
            when growth_status = 'ok'
                then {{ safe_divide('(net_sales - prior_net_sales)', 'prior_net_sales') }}
        end as relative_change,
        growth_status,
        prior_year_net_sales,
        case
            when yearly_growth_status = 'ok'
                then {{ safe_divide('(net_sales - prior_year_net_sales)', 'prior_year_net_sales') }}
        end as year_over_year_growth,
        yearly_growth_status,
        period_type = 'week' and period_number = 53 as is_week_53,
        is_complete,
        is_undated
    from judged

)

select * from final
