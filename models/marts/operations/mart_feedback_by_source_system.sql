{# Grain: one row per source_system. #}
select
    slice_name as source_system,
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
    comments
from {{ ref('int_feedback_by_slice') }}
where slice_type = 'source_system'
