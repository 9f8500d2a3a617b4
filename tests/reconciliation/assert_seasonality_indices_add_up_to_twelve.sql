{# The twelve indices of a slice add up to 12, up to rounding. #}
select
    slice_type,
    slice_name,
    count(*) as month_count,
    sum(seasonality_index) as index_total
from {{ ref('mart_seasonality') }}
group by 1, 2
having
    count(*) <> 12
    or abs(sum(seasonality_index) - 12) > 0.00001
