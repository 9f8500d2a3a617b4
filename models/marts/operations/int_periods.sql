{# Grain: one row per period_type and period_start_date. Period types: all, year, month. The period
   'all' starts on 1900-01-01; years and months run from the first order to as_of_date. #}
with

months as (

    select distinct
        dates.month_start_date,
        run_context.as_of_date
    from {{ ref('dim_dates') }} as dates
    cross join {{ ref('run_context') }} as run_context
    where
        not dates.is_unknown
        and run_context.has_orders
        and dates.month_start_date between
        {{ start_of_month('run_context.first_order_date') }} and run_context.as_of_date

),

years as (

    select distinct
        {{ add_months('month_start_date', '1 - month(month_start_date)') }} as year_start_date,
        as_of_date
    from months

),

final as (

    select
        'all' as period_type,
        {{ unknown_date() }} as period_start_date,
        true as is_complete
    from {{ ref('run_context') }}

    union all

    select
        'year' as period_type,
        year_start_date as period_start_date,
        {{ end_of_month(add_months('year_start_date', 11)) }} <= as_of_date as is_complete
    from years

    union all

    select
        'month' as period_type,
        month_start_date as period_start_date,
        {{ end_of_month('month_start_date') }} <= as_of_date as is_complete
    from months

)

select * from final
