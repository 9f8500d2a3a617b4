{# Grain: one row per day, slice_type and slice_name, for the slice types all, region and category,
   from the day of the first sale or return of the slice. #}
with

days as (

    select * from {{ ref('int_usual_sales_by_day') }}

),

compared as (

    select
        *,
        sales_after_discount - expected_sales as absolute_change,
        -- Both sides times ten thousand: operands may have four decimals, the product has eight.
        {{ safe_divide(
            '((sales_after_discount - expected_sales) * 10000)',
            '(median_absolute_deviation * 14826)'
        ) }} as robust_z
    from days

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
        median_absolute_deviation,
        robust_z,
        case
            when expected_sales > 0 then {{ safe_divide('absolute_change', 'expected_sales') }}
        end as relative_change,
        case
            when baseline_days < 8 then 'not_judged'
            when
                orders < {{ var('anomaly_minimum_orders') }}
                and median_orders < {{ var('anomaly_minimum_orders') }}
                then 'not_judged'
            when median_absolute_deviation = 0 and 2 * abs(absolute_change) > expected_sales
                then 'warn'
            when median_absolute_deviation = 0 then 'normal'
            when abs(robust_z) >= 6 then 'error'
            when abs(robust_z) >= 3.5 then 'warn'
            else 'normal'
        end as anomaly_status,
        case
            when absolute_change > 0 then 'up'
            when absolute_change < 0 then 'down'
            else 'none'
        end as direction
    from compared

)

select * from final
