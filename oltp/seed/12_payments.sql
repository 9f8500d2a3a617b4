select
    payment_id,
    order_id,
    payment_method,
    payment_amount,
    paid_at
from raw_payments
order by cast(payment_id as bigint)
