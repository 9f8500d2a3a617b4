{# Grain: one row per month, from_segment and to_segment that occur. #}
with

customer_months as (

    select
        month_start_date,
        rfm_segment as to_segment,
        lag(rfm_segment) over (
            partition by customer_key
            order by month_start_date
        ) as prior_segment
    from {{ ref('int_customer_month_segments') }}

),

run_context as (

    select * from {{ ref('run_context') }}

),

counted as (

    select
        month_start_date,
        coalesce(prior_segment, 'Not yet a customer') as from_segment,
        to_segment,
        count(*) as customers
    from customer_months
    group by 1, 2, 3

),

final as (

    select
        counted.month_start_date,
        counted.from_segment,
        counted.to_segment,
        counted.customers,
        {{ end_of_month('counted.month_start_date') }} <= run_context.as_of_date as is_complete
    from counted
    cross join run_context

)

select * from final
