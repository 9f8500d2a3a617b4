select
    ticket_id,
    customer_id,
    order_id,
    ticket_type,
    severity,
    opened_at,
    first_response_at,
    resolved_at
from raw_support_tickets
order by cast(ticket_id as bigint)
