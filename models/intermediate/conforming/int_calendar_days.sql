{# Grain: one row per calendar day, from a year before the first event to two years after the last
   day that counts, and the reserved day 1900-01-01 for an unknown date. #}
with

digits as (

    select 0 as digit
    union all
    select 1 as digit
    union all
    select 2 as digit
    union all
    select 3 as digit
    union all
    select 4 as digit
    union all
    select 5 as digit
    union all
    select 6 as digit
    union all
    select 7 as digit
    union all
    select 8 as digit
    union all
    select 9 as digit

),

numbers as (

    select
        ones.digit
        + 10 * tens.digit
        + 100 * hundreds.digit
        + 1000 * thousands.digit
        + 10000 * ten_thousands.digit as number
    from digits as ones
    cross join digits as tens
    cross join digits as hundreds
    cross join digits as thousands
    cross join digits as ten_thousands

),

bounds as (

    select
        {{ add_months('first_event_date', -12) }} as first_date,
        case
            when last_event_date > {{ add_months('as_of_date', 24) }} then last_event_date
            else {{ add_months('as_of_date', 24) }}
        end as last_date,
        as_of_date
    from {{ ref('int_run_context') }}

),

days as (

    select
        {{ add_days('bounds.first_date', 'numbers.number') }} as calendar_date,
        bounds.as_of_date
    from numbers
    cross join bounds
    where numbers.number <= {{ days_between('bounds.first_date', 'bounds.last_date') }}

    union

    select
        {{ unknown_date() }} as calendar_date,
        as_of_date
    from bounds

),

final as (

    select
        calendar_date,
        calendar_date = {{ unknown_date() }} as is_unknown,
        calendar_date > as_of_date as is_future
    from days

)

select * from final
