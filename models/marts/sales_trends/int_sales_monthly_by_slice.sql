{# Grain: one row per month, slice_type and slice_name. The month 1900-01-01 holds sales and returns
   without a date. #}
with

months as (

    select
        *,
        {{ add_months('month_start_date', -1) }} as month_before_date,
        {{ add_months('month_start_date', -12) }} as year_before_date
    from {{ ref('fct_sales_by_month') }}

),

dates as (

    select
        calendar_date,
        quarter_start_date,
        year_start_date,
        fiscal_quarter_start_date,
        fiscal_year_start_date
    from {{ ref('dim_dates') }}

),

totals as (

    select
        month_start_date,
        sales_after_discount
    from months
    where slice_type = 'all'

),

compared as (

    select
        months.*,
        previous.net_sales as prior_net_sales,
        prior_year.net_sales as prior_year_net_sales,
        totals.sales_after_discount as total_sales_after_discount,
        case
            when not months.is_complete and not months.is_undated
                then previous.first_days_net_sales
        end as same_days_prior,
        sum(months.net_sales) over (
            partition by months.slice_type, months.slice_name, dates.quarter_start_date
            order by months.month_start_date
            rows between unbounded preceding and current row
        ) as net_sales_quarter_to_date,
        sum(months.net_sales) over (
            partition by months.slice_type, months.slice_name, dates.year_start_date
            order by months.month_start_date
            rows between unbounded preceding and current row
        ) as net_sales_year_to_date,
        sum(months.net_sales) over (
            partition by months.slice_type, months.slice_name, dates.fiscal_quarter_start_date
            order by months.month_start_date
            rows between unbounded preceding and current row
        ) as net_sales_fiscal_quarter_to_date,
        sum(months.net_sales) over (
            partition by months.slice_type, months.slice_name, dates.fiscal_year_start_date
            order by months.month_start_date
            rows between unbounded preceding and current row
        ) as net_sales_fiscal_year_to_date,
        sum(months.net_sales) over (
            partition by months.slice_type, months.slice_name, months.is_complete
            order by months.month_start_date
            rows between 2 preceding and current row
        ) as net_sales_3_months,
        sum(months.net_sales) over (
            partition by months.slice_type, months.slice_name, months.is_complete
            order by months.month_start_date
            rows between 5 preceding and current row
        ) as net_sales_6_months,
        sum(months.net_sales) over (
            partition by months.slice_type, months.slice_name, months.is_complete
            order by months.month_start_date
            rows between 11 preceding and current row
        ) as net_sales_12_months,
        row_number() over (
            partition by months.slice_type, months.slice_name, months.is_complete
            order by months.month_start_date
        ) as months_so_far
    from months
    inner join dates
        on months.month_start_date = dates.calendar_date
    inner join totals
        on months.month_start_date = totals.month_start_date
    left join months as previous
        on
            months.slice_type = previous.slice_type
            and months.slice_name = previous.slice_name
            and months.month_before_date = previous.month_start_date
            and not previous.is_undated
    left join months as prior_year
        on
            months.slice_type = prior_year.slice_type
            and months.slice_name = prior_year.slice_name
            and months.year_before_date = prior_year.month_start_date
            and not prior_year.is_undated

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
        month_start_date,
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
        tax,
        shipping,
        total_sales_by_order_date,
        orders,
        customers,
        {{ safe_divide('sales_after_discount', 'orders') }} as average_order_value,
        {{ safe_divide('sales_after_discount', 'total_sales_after_discount', 10) }}
            as share_of_total,
        cast(net_sales_quarter_to_date as {{ type_decimal(18, 4) }}) as net_sales_quarter_to_date,
        cast(net_sales_year_to_date as {{ type_decimal(18, 4) }}) as net_sales_year_to_date,
        cast(net_sales_fiscal_quarter_to_date as {{ type_decimal(18, 4) }})
            as net_sales_fiscal_quarter_to_date,
        cast(net_sales_fiscal_year_to_date as {{ type_decimal(18, 4) }})
            as net_sales_fiscal_year_to_date,
        case
            when is_complete and months_so_far >= 3
                then {{ safe_divide('net_sales_3_months', '3') }}
        end as moving_average_3_months,
        case
            when is_complete and months_so_far >= 6
                then {{ safe_divide('net_sales_6_months', '6') }}
        end as moving_average_6_months,
        case
            when is_complete and months_so_far >= 12
                then {{ safe_divide('net_sales_12_months', '12') }}
        end as moving_average_12_months,
        prior_net_sales,
        cast(net_sales - prior_net_sales as {{ type_decimal(18, 4) }}) as month_over_month_change,
        case
            when growth_status = 'ok'
                then {{ safe_divide('(net_sales - prior_net_sales)', 'prior_net_sales') }}
        end as month_over_month_growth,
        growth_status,
        same_days_prior,
        case
            when same_days_prior > 0
                then {{ safe_divide('(net_sales - same_days_prior)', 'same_days_prior') }}
        end as same_days_growth,
        prior_year_net_sales,
        case
            when yearly_growth_status = 'ok'
                then {{ safe_divide('(net_sales - prior_year_net_sales)', 'prior_year_net_sales') }}
        end as year_over_year_growth,
        yearly_growth_status,
        is_complete,
        is_prelaunch,
        is_undated
    from judged

)

select * from final
