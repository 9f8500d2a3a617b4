{# Grain: one row per day, slice_type and slice_name, for the slice types all, region and category,
   from the day of the first sale or return of the slice. Usual is the median of the eight same
   weekdays before. #}
with

days as (

    select * from {{ ref('fct_sales_by_day') }}
    where
        slice_type in ('all', 'region', 'category')
        and not is_prelaunch
        and not is_undated

),

weeks as (

    select 1 as weeks_before
    union all
    select 2 as weeks_before
    union all
    select 3 as weeks_before
    union all
    select 4 as weeks_before
    union all
    select 5 as weeks_before
    union all
    select 6 as weeks_before
    union all
    select 7 as weeks_before
    union all
    select 8 as weeks_before

),

earlier_days as (

    select
        days.calendar_date,
        days.slice_type,
        days.slice_name,
        weeks.weeks_before,
        days.sales_after_discount,
        days.orders,
        earlier.sales_after_discount as earlier_sales,
        earlier.orders as earlier_orders,
        row_number() over (
            partition by days.calendar_date, days.slice_type, days.slice_name
            order by earlier.sales_after_discount, weeks.weeks_before
        ) as place_by_sales,
        row_number() over (
            partition by days.calendar_date, days.slice_type, days.slice_name
            order by earlier.orders, weeks.weeks_before
        ) as place_by_orders
    from days
    cross join weeks
    left join {{ ref('fct_sales_by_day') }} as earlier
        on
            {{ add_days('days.calendar_date', '-7 * weeks.weeks_before') }} = earlier.calendar_date
            and days.slice_type = earlier.slice_type
            and days.slice_name = earlier.slice_name
            and not earlier.is_prelaunch

),

-- The median of eight values is the mean of the fourth and the fifth.
middles as (

    select
        *,
        count(earlier_orders) over (partition by calendar_date, slice_type, slice_name)
            as baseline_days,
        sum(case when place_by_sales in (4, 5) then earlier_sales end)
            over (partition by calendar_date, slice_type, slice_name) as two_sales,
        sum(case when place_by_orders in (4, 5) then earlier_orders end)
            over (partition by calendar_date, slice_type, slice_name) as two_orders
    from earlier_days

),

expected as (

    select
        *,
        case when baseline_days = 8 then {{ safe_divide('two_sales', '2', 4) }} end
            as expected_sales,
        case when baseline_days = 8 then {{ safe_divide('two_orders', '2', 1) }} end
            as median_orders
    from middles

),

deviations as (

    select
        *,
        abs(earlier_sales - expected_sales) as deviation,
        row_number() over (
            partition by calendar_date, slice_type, slice_name
            order by abs(earlier_sales - expected_sales), weeks_before
        ) as place_by_deviation
    from expected

),

grouped as (

    select
        calendar_date,
        slice_type,
        slice_name,
        max(sales_after_discount) as sales_after_discount,
        max(orders) as orders,
        max(baseline_days) as baseline_days,
        max(expected_sales) as expected_sales,
        sum(case when place_by_deviation in (4, 5) then deviation end) as two_deviations,
        max(median_orders) as median_orders
    from deviations
    group by 1, 2, 3

),

final as (

    select
        calendar_date,
        slice_type,
        slice_name,
        sales_after_discount,
        orders,
        baseline_days,
        expected_sales,
        {{ safe_divide('two_deviations', '2', 4) }} as median_absolute_deviation,
        median_orders
    from grouped

)

select * from final
