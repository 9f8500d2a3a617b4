{# The calendar has every day between its first and its last; the reserved day may lie outside. #}
with

bounds as (

    select
        min(calendar_date) as first_date,
        max(calendar_date) as last_date
    from {{ ref('dim_dates') }}
    where not is_unknown

)

select
    bounds.first_date,
    bounds.last_date,
    count(*) as day_count
from bounds
inner join {{ ref('dim_dates') }} as dates
    on dates.calendar_date between bounds.first_date and bounds.last_date
group by 1, 2
having count(*) <> {{ days_between('bounds.first_date', 'bounds.last_date') }} + 1
