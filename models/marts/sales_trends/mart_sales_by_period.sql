{# Grain: one row per period_type, period_start_date, slice_type and slice_name. Period types: week,
   quarter, year, fiscal_quarter and fiscal_year. #}
with

periods as (

    select
        *,
        period_type = 'week' and period_number = 53 as is_week_53,
        -- What has no date is in no period.
        false as is_undated
    from {{ ref('int_sales_by_period') }}

),

compared as (

    select
        periods.*,
        totals.sales_after_discount as total_sales_after_discount,
        -- No period is missing, so the row before is the period before.
        lag(periods.net_sales) over (
            partition by periods.period_type, periods.slice_type, periods.slice_name
            order by periods.period_start_date
        ) as prior_net_sales,
        -- A year of weeks is 52 of them or, where the number says so, 53.
        case
            when periods.period_type <> 'week' or periods.period_number = year_before.period_number
                then year_before.net_sales
            else longer_year_before.net_sales
        end as prior_year_net_sales
    from periods
    inner join {{ ref('int_sales_by_period') }} as totals
        on
            periods.period_type = totals.period_type
            and periods.period_start_date = totals.period_start_date
            and totals.slice_type = 'all'
    left join {{ ref('int_sales_by_period') }} as year_before
        on
            periods.period_type = year_before.period_type
            and case
                when periods.period_type = 'week'
                    then {{ add_days('periods.period_start_date', -364) }}
                else {{ add_months('periods.period_start_date', -12) }}
            end = year_before.period_start_date
            and periods.slice_type = year_before.slice_type
            and periods.slice_name = year_before.slice_name
    left join {{ ref('int_sales_by_period') }} as longer_year_before
        on
            periods.period_type = longer_year_before.period_type
            and periods.period_type = 'week'
            and {{ add_days('periods.period_start_date', -371) }}
            = longer_year_before.period_start_date
            and periods.slice_type = longer_year_before.slice_type
            and periods.slice_name = longer_year_before.slice_name

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
        slice_type,
        slice_name,
        period_end_date,
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
        {{ safe_divide('sales_after_discount', 'total_sales_after_discount', 10) }}
            as share_of_total,
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
                then {{ safe_divide(
                    '(net_sales - prior_year_net_sales)', 'prior_year_net_sales'
                ) }}
        end as year_over_year_growth,
        yearly_growth_status,
        is_week_53,
        is_complete,
        is_prelaunch
    from judged

)

select * from final
