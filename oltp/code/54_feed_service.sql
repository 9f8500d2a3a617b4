-- What customers say and ask, in the feed: see 50_feed_cut.sql.

create or replace view shop_feedback as
select
    given.feedback_id,
    given.customer_id,
    given.order_id,
    given.product_id,
    given.feedback_type,
    given.rating,
    given.comment,
    given.submitted_at,
    cast(null as char(1)) as _other_columns,
    feed_cut.cut_at as _loaded_at,
    'feedback' as _source_file,
    'live' as _batch_id,
    contents.row_key as _row_number
from (
    select
        row_key,
        row_content
    from feedback_rows
    where row_key not in (select row_key from changed_after_cut where table_name = 'feedback')
    union all
    select
        row_key,
        row_content
    from restored_rows
    where table_name = 'feedback'
) as contents
cross join feed_cut
cross join json_table(contents.row_content, '$' columns (
    feedback_id varchar(300) path '$.feedback_id',
    customer_id varchar(300) path '$.customer_id',
    order_id varchar(300) path '$.order_id',
    product_id varchar(300) path '$.product_id',
    feedback_type varchar(300) path '$.feedback_type',
    rating varchar(300) path '$.rating',
    comment text path '$.comment',
    submitted_at varchar(300) path '$.submitted_at'
)) as given;

create or replace view shop_support_tickets as
select
    given.ticket_id,
    given.customer_id,
    given.order_id,
    given.ticket_type,
    given.severity,
    given.ticket_status,
    given.opened_at,
    given.first_response_at,
    given.resolved_at,
    cast(null as char(1)) as _other_columns,
    feed_cut.cut_at as _loaded_at,
    'support_tickets' as _source_file,
    'live' as _batch_id,
    contents.row_key as _row_number
from (
    select
        row_key,
        row_content
    from support_ticket_rows
    where row_key not in (select row_key from changed_after_cut where table_name = 'support_tickets')
    union all
    select
        row_key,
        row_content
    from restored_rows
    where table_name = 'support_tickets'
) as contents
cross join feed_cut
cross join json_table(contents.row_content, '$' columns (
    ticket_id varchar(300) path '$.ticket_id',
    customer_id varchar(300) path '$.customer_id',
    order_id varchar(300) path '$.order_id',
    ticket_type varchar(300) path '$.ticket_type',
    severity varchar(300) path '$.severity',
    ticket_status varchar(300) path '$.ticket_status',
    opened_at varchar(300) path '$.opened_at',
    first_response_at varchar(300) path '$.first_response_at',
    resolved_at varchar(300) path '$.resolved_at'
)) as given;
