select
    row_number() over (order by cast(order_id as bigint), cast(status_sequence as int)) as order_status_history_id,
    order_id,
    status_sequence,
    order_status,
    changed_at
from raw_order_status_history
order by order_status_history_id
