{# The calendar has every day between its first and its last, the reserved day aside. #}
select
    count(*) as day_count,
    min(calendar_date) as first_date,
    max(calendar_date) as last_date
from {{ ref('dim_dates') }}
where not is_unknown
having count(*) <> {{ days_between('min(calendar_date)', 'max(calendar_date)') }} + 1
