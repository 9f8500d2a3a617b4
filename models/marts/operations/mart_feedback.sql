{# Grain: one row, of all time up to as_of_date. #}
select
    run_context.as_of_date,
    slices.feedback_count,
    slices.rated_count,
    slices.imputed_count,
    slices.average_rating,
    slices.average_rating_with_imputed,
    slices.csat,
    slices.rating_1,
    slices.rating_2,
    slices.rating_3,
    slices.rating_4,
    slices.rating_5,
    slices.complaints,
    slices.comments
from {{ ref('int_feedback_by_slice') }} as slices
cross join {{ ref('run_context') }} as run_context
where slices.slice_type = 'all'
