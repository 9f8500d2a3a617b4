{# Grain: one row per month_start_date of the feedback; without a date it is NULL. #}
select
    case when cast(slice_name as date) > {{ unknown_date() }} then cast(slice_name as date) end
        as month_start_date,
    feedback_count,
    rated_count,
    imputed_count,
    average_rating,
    average_rating_with_imputed,
    csat,
    rating_1,
    rating_2,
    rating_3,
    rating_4,
    rating_5,
    complaints,
    comments,
    cast(slice_name as date) = {{ unknown_date() }} as is_undated
from {{ ref('int_feedback_by_slice') }}
where slice_type = 'month'
