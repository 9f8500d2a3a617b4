select
    return_id,
    order_id,
    returned_at
from raw_returns
order by cast(return_id as bigint)
