select
    row_number() over (order by occurred_at, cast(ticket_id as bigint), step) as ticket_event_id,
    ticket_id,
    event_type,
    occurred_at
from (
    select ticket_id, 1 as step, 'opened' as event_type, opened_at as occurred_at
    from raw_support_tickets
    union all
    select ticket_id, 2, 'answered', first_response_at
    from raw_support_tickets
    where first_response_at is not null
    union all
    select ticket_id, 3, 'resolved', resolved_at
    from raw_support_tickets
    where resolved_at is not null
) as events
order by ticket_event_id
