-- The feed: what the warehouse reads. One view per raw table of the source `shop`, all texts, personal postal
-- codes of orders left out. Each reader sees the shop as it was after one change, its cut: rows that nobody
-- touched since come from the tables, the others from the change log. freeze_feed() moves the cut to now.

delimiter $$

drop procedure if exists freeze_feed $$
create procedure freeze_feed()
    comment 'Moves the cut of the calling reader to now, a moment without unfinished changes'
begin
    declare v_barrier_id tinyint;
    declare v_change_sequence bigint;
    declare exit handler for sqlexception begin rollback; resignal; end;
    start transaction;
    -- Waits for the writers under way; new ones wait until the commit.
    select barrier_id into v_barrier_id from change_barrier for update;
    select coalesce(max(change_sequence), 0) into v_change_sequence from change_log;
    replace into feed_cuts (reader, change_sequence, cut_at)
    values (substring_index(user(), '@', 1), v_change_sequence, utc_timestamp(6));
    commit;
end $$

delimiter ;

-- A reader that never called freeze_feed sees everything.
create or replace view feed_cut as
select
    coalesce(max(change_sequence), 9223372036854775807) as change_sequence,
    coalesce(max(cut_at), utc_timestamp(6)) as cut_at
from feed_cuts
where reader = substring_index(user(), '@', 1);

create or replace view changed_after_cut as
select distinct
    table_name,
    row_key
from change_log
where change_sequence > (select change_sequence from feed_cut);

create or replace view last_changes_before_cut as
select
    changed_after_cut.table_name,
    changed_after_cut.row_key,
    max(change_log.change_sequence) as change_sequence
from changed_after_cut
inner join change_log
    on changed_after_cut.table_name = change_log.table_name
    and changed_after_cut.row_key = change_log.row_key
where change_log.change_sequence <= (select change_sequence from feed_cut)
group by changed_after_cut.table_name, changed_after_cut.row_key;

-- What was there at the cut and has changed since.
create or replace view restored_rows as
select
    change_log.table_name,
    change_log.row_key,
    json_extract(change_log.after_row, '$') as row_content
from last_changes_before_cut
inner join change_log
    on last_changes_before_cut.change_sequence = change_log.change_sequence
where change_log.operation <> 'delete';

-- Every change up to the cut, for readers that copy what is new.
create or replace view shop_changes as
select
    change_sequence,
    table_name,
    row_key,
    operation,
    after_row as row_content,
    changed_at
from change_log
where change_sequence <= (select change_sequence from feed_cut);

create or replace view shop_cut as
select
    least(
        feed_cut.change_sequence, (select coalesce(max(change_sequence), 0) from change_log)
    ) as change_sequence,
    feed_cut.cut_at
from feed_cut;

create or replace view shop_customers as
select
    given.customer_id,
    given.first_name,
    given.last_name,
    given.email,
    given.phone,
    given.street_address,
    given.city,
    given.state,
    given.postal_code,
    given.country,
    given.gender,
    given.birth_date,
    given.annual_income,
    given.spending_score,
    given.segment,
    given.is_subscriber,
    given.registered_at,
    given.updated_at,
    cast(null as char(1)) as _other_columns,
    feed_cut.cut_at as _loaded_at,
    'customers' as _source_file,
    'live' as _batch_id,
    contents.row_key as _row_number
from (
    select
        row_key,
        row_content
    from customer_rows
    where row_key not in (select row_key from changed_after_cut where table_name = 'customers')
    union all
    select
        row_key,
        row_content
    from restored_rows
    where table_name = 'customers'
) as contents
cross join feed_cut
cross join json_table(contents.row_content, '$' columns (
    customer_id varchar(300) path '$.customer_id',
    first_name varchar(300) path '$.first_name',
    last_name varchar(300) path '$.last_name',
    email varchar(300) path '$.email',
    phone varchar(300) path '$.phone',
    street_address varchar(300) path '$.street_address',
    city varchar(300) path '$.city',
    state varchar(300) path '$.state',
    postal_code varchar(300) path '$.postal_code',
    country varchar(300) path '$.country',
    gender varchar(300) path '$.gender',
    birth_date varchar(300) path '$.birth_date',
    annual_income varchar(300) path '$.annual_income',
    spending_score varchar(300) path '$.spending_score',
    segment varchar(300) path '$.segment',
    is_subscriber varchar(300) path '$.is_subscriber',
    registered_at varchar(300) path '$.registered_at',
    updated_at varchar(300) path '$.updated_at'
)) as given;

create or replace view shop_categories as
select
    given.category_id,
    given.category_name,
    given.parent_category_id,
    cast(null as char(1)) as _other_columns,
    feed_cut.cut_at as _loaded_at,
    'categories' as _source_file,
    'live' as _batch_id,
    contents.row_key as _row_number
from (
    select
        row_key,
        row_content
    from category_rows
    where row_key not in (select row_key from changed_after_cut where table_name = 'categories')
    union all
    select
        row_key,
        row_content
    from restored_rows
    where table_name = 'categories'
) as contents
cross join feed_cut
cross join json_table(contents.row_content, '$' columns (
    category_id varchar(300) path '$.category_id',
    category_name varchar(300) path '$.category_name',
    parent_category_id varchar(300) path '$.parent_category_id'
)) as given;

create or replace view shop_products as
select
    given.product_id,
    given.product_name,
    given.category_id,
    given.list_price,
    given.unit_cost,
    given.is_gift_card,
    given.updated_at,
    cast(null as char(1)) as _other_columns,
    feed_cut.cut_at as _loaded_at,
    'products' as _source_file,
    'live' as _batch_id,
    contents.row_key as _row_number
from (
    select
        row_key,
        row_content
    from product_rows
    where row_key not in (select row_key from changed_after_cut where table_name = 'products')
    union all
    select
        row_key,
        row_content
    from restored_rows
    where table_name = 'products'
) as contents
cross join feed_cut
cross join json_table(contents.row_content, '$' columns (
    product_id varchar(300) path '$.product_id',
    product_name text path '$.product_name',
    category_id varchar(300) path '$.category_id',
    list_price varchar(300) path '$.list_price',
    unit_cost varchar(300) path '$.unit_cost',
    is_gift_card varchar(300) path '$.is_gift_card',
    updated_at varchar(300) path '$.updated_at'
)) as given;

create or replace view shop_product_prices as
select
    given.product_id,
    given.price_sequence,
    given.valid_from,
    given.list_price,
    given.unit_cost,
    cast(null as char(1)) as _other_columns,
    feed_cut.cut_at as _loaded_at,
    'product_prices' as _source_file,
    'live' as _batch_id,
    contents.row_key as _row_number
from (
    select
        row_key,
        row_content
    from product_price_rows
    where row_key not in (select row_key from changed_after_cut where table_name = 'product_prices')
    union all
    select
        row_key,
        row_content
    from restored_rows
    where table_name = 'product_prices'
) as contents
cross join feed_cut
cross join json_table(contents.row_content, '$' columns (
    product_id varchar(300) path '$.product_id',
    price_sequence varchar(300) path '$.price_sequence',
    valid_from varchar(300) path '$.valid_from',
    list_price varchar(300) path '$.list_price',
    unit_cost varchar(300) path '$.unit_cost'
)) as given;

create or replace view shop_orders as
select
    given.order_id,
    given.customer_id,
    given.ordered_at,
    given.order_status,
    given.channel,
    given.payment_method,
    given.shipping_method,
    given.promotion_code,
    given.order_discount_amount,
    given.shipping_amount,
    given.tax_amount,
    given.total_amount,
    given.ship_city,
    given.ship_state,
    cast(null as char(20)) as ship_postal_code,
    given.ship_country,
    cast(null as char(1)) as _other_columns,
    feed_cut.cut_at as _loaded_at,
    'orders' as _source_file,
    'live' as _batch_id,
    contents.row_key as _row_number
from (
    select
        row_key,
        row_content
    from order_rows
    where row_key not in (select row_key from changed_after_cut where table_name = 'orders')
    union all
    select
        row_key,
        row_content
    from restored_rows
    where table_name = 'orders'
) as contents
cross join feed_cut
cross join json_table(contents.row_content, '$' columns (
    order_id varchar(300) path '$.order_id',
    customer_id varchar(300) path '$.customer_id',
    ordered_at varchar(300) path '$.ordered_at',
    order_status varchar(300) path '$.order_status',
    channel varchar(300) path '$.channel',
    payment_method varchar(300) path '$.payment_method',
    shipping_method varchar(300) path '$.shipping_method',
    promotion_code varchar(300) path '$.promotion_code',
    order_discount_amount varchar(300) path '$.order_discount_amount',
    shipping_amount varchar(300) path '$.shipping_amount',
    tax_amount varchar(300) path '$.tax_amount',
    total_amount varchar(300) path '$.total_amount',
    ship_city varchar(300) path '$.ship_city',
    ship_state varchar(300) path '$.ship_state',
    ship_country varchar(300) path '$.ship_country'
)) as given;

create or replace view shop_order_items as
select
    given.order_id,
    given.line_number,
    given.product_id,
    given.quantity,
    given.unit_price,
    given.line_discount_amount,
    cast(null as char(1)) as _other_columns,
    feed_cut.cut_at as _loaded_at,
    'order_items' as _source_file,
    'live' as _batch_id,
    contents.row_key as _row_number
from (
    select
        row_key,
        row_content
    from order_item_rows
    where row_key not in (select row_key from changed_after_cut where table_name = 'order_items')
    union all
    select
        row_key,
        row_content
    from restored_rows
    where table_name = 'order_items'
) as contents
cross join feed_cut
cross join json_table(contents.row_content, '$' columns (
    order_id varchar(300) path '$.order_id',
    line_number varchar(300) path '$.line_number',
    product_id varchar(300) path '$.product_id',
    quantity varchar(300) path '$.quantity',
    unit_price varchar(300) path '$.unit_price',
    line_discount_amount varchar(300) path '$.line_discount_amount'
)) as given;

create or replace view shop_order_status_history as
select
    given.order_id,
    given.status_sequence,
    given.order_status,
    given.changed_at,
    cast(null as char(1)) as _other_columns,
    feed_cut.cut_at as _loaded_at,
    'order_status_history' as _source_file,
    'live' as _batch_id,
    contents.row_key as _row_number
from (
    select
        row_key,
        row_content
    from order_status_history_rows
    where row_key not in (select row_key from changed_after_cut where table_name = 'order_status_history')
    union all
    select
        row_key,
        row_content
    from restored_rows
    where table_name = 'order_status_history'
) as contents
cross join feed_cut
cross join json_table(contents.row_content, '$' columns (
    order_id varchar(300) path '$.order_id',
    status_sequence varchar(300) path '$.status_sequence',
    order_status varchar(300) path '$.order_status',
    changed_at varchar(300) path '$.changed_at'
)) as given;

create or replace view shop_payments as
select
    given.payment_id,
    given.order_id,
    given.payment_method,
    given.payment_amount,
    given.paid_at,
    cast(null as char(1)) as _other_columns,
    feed_cut.cut_at as _loaded_at,
    'payments' as _source_file,
    'live' as _batch_id,
    contents.row_key as _row_number
from (
    select
        row_key,
        row_content
    from payment_rows
    where row_key not in (select row_key from changed_after_cut where table_name = 'payments')
    union all
    select
        row_key,
        row_content
    from restored_rows
    where table_name = 'payments'
) as contents
cross join feed_cut
cross join json_table(contents.row_content, '$' columns (
    payment_id varchar(300) path '$.payment_id',
    order_id varchar(300) path '$.order_id',
    payment_method varchar(300) path '$.payment_method',
    payment_amount varchar(300) path '$.payment_amount',
    paid_at varchar(300) path '$.paid_at'
)) as given;

create or replace view shop_returns as
select
    given.return_id,
    given.order_id,
    given.line_number,
    given.quantity,
    given.return_reason,
    given.refunded_tax_amount,
    given.refunded_shipping_amount,
    given.returned_at,
    cast(null as char(1)) as _other_columns,
    feed_cut.cut_at as _loaded_at,
    'return_items' as _source_file,
    'live' as _batch_id,
    contents.row_key as _row_number
from (
    select
        row_key,
        row_content
    from return_item_rows
    where row_key not in (select row_key from changed_after_cut where table_name = 'return_items')
    union all
    select
        row_key,
        row_content
    from restored_rows
    where table_name = 'return_items'
) as contents
cross join feed_cut
cross join json_table(contents.row_content, '$' columns (
    return_id varchar(300) path '$.return_id',
    order_id varchar(300) path '$.order_id',
    line_number varchar(300) path '$.line_number',
    quantity varchar(300) path '$.quantity',
    return_reason varchar(300) path '$.return_reason',
    refunded_tax_amount varchar(300) path '$.refunded_tax_amount',
    refunded_shipping_amount varchar(300) path '$.refunded_shipping_amount',
    returned_at varchar(300) path '$.returned_at'
)) as given;

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

create or replace view shop_subscriptions as
select
    given.subscription_id,
    given.customer_id,
    given.plan_name,
    given.monthly_fee_amount,
    given.started_at,
    given.ended_at,
    cast(null as char(1)) as _other_columns,
    feed_cut.cut_at as _loaded_at,
    'subscriptions' as _source_file,
    'live' as _batch_id,
    contents.row_key as _row_number
from (
    select
        row_key,
        row_content
    from subscription_rows
    where row_key not in (select row_key from changed_after_cut where table_name = 'subscriptions')
    union all
    select
        row_key,
        row_content
    from restored_rows
    where table_name = 'subscriptions'
) as contents
cross join feed_cut
cross join json_table(contents.row_content, '$' columns (
    subscription_id varchar(300) path '$.subscription_id',
    customer_id varchar(300) path '$.customer_id',
    plan_name varchar(300) path '$.plan_name',
    monthly_fee_amount varchar(300) path '$.monthly_fee_amount',
    started_at varchar(300) path '$.started_at',
    ended_at varchar(300) path '$.ended_at'
)) as given;

create or replace view shop_customer_change_log as
select
    concat(change_log.change_sequence, '') as change_sequence,
    concat(change_log.changed_at, '') as changed_at,
    change_log.operation,
    concat(change_log.row_key, '') as customer_id,
    given.gender,
    given.birth_date,
    given.annual_income,
    given.spending_score,
    given.segment,
    given.is_subscriber,
    given.city,
    given.state,
    given.postal_code,
    given.country,
    cast(null as char(1)) as _other_columns,
    feed_cut.cut_at as _loaded_at,
    'customer_change_log' as _source_file,
    'live' as _batch_id,
    change_log.change_sequence as _row_number
from change_log
cross join feed_cut
cross join json_table(coalesce(change_log.after_row, '{}'), '$' columns (
    gender varchar(300) path '$.gender',
    birth_date varchar(300) path '$.birth_date',
    annual_income varchar(300) path '$.annual_income',
    spending_score varchar(300) path '$.spending_score',
    segment varchar(300) path '$.segment',
    is_subscriber varchar(300) path '$.is_subscriber',
    city varchar(300) path '$.city',
    state varchar(300) path '$.state',
    postal_code varchar(300) path '$.postal_code',
    country varchar(300) path '$.country'
)) as given
where change_log.table_name = 'customers' and change_log.change_sequence <= feed_cut.change_sequence;
