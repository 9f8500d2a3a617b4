select
    subscription_id,
    customer_id,
    plan_name,
    monthly_fee_amount,
    started_at,
    ended_at
from raw_subscriptions
order by cast(subscription_id as bigint)
