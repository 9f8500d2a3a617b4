select
    feedback_id,
    customer_id,
    order_id,
    product_id,
    feedback_type,
    rating,
    comment,
    submitted_at
from raw_feedback
order by cast(feedback_id as bigint)
