select
    change_sequence,
    changed_at,
    operation,
    customer_id,
    annual_income,
    spending_score,
    segment,
    is_subscriber,
    city,
    state,
    postal_code,
    country
from raw_customer_change_log
order by cast(change_sequence as bigint)
