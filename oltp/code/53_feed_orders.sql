-- Orders in the feed: see 50_feed_cut.sql.

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
