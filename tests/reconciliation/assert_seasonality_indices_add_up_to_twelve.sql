{# The twelve indices of a slice add up to 12, up to rounding. #}
{{ config(group='marts') }}
select
    slice_type,
    slice_name,
    count(*) as month_count,
    sum(seasonality_index) as index_total
from {{ ref('int_seasonality_by_slice') }}
group by 1, 2
having
    count(*) <> 12
    or abs(sum(seasonality_index) - 12) > 0.00001
