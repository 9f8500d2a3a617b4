-- What a careful load must turn away. Dirt only ever adds rows: the clean rows stay as they are.
-- Each table carries the reason with which its rows are to be rejected; orders and other numbers
-- made up here start with X.
set variable dirt_rows = least(500, greatest(5, getvariable('orders') // 2000))::bigint;

-- Delivered orders without returns, in a random sequence; each kind of dirt takes its own part.
create table dirt_targets as
select
    order_id::varchar as order_id,
    ordered_at,
    line_count,
    row_number() over (partition by line_count = 1 order by uniform('dirt', order_id), order_id)
        - 1 as target_number,
    target_number // getvariable('dirt_rows') as target_part,
    target_number % getvariable('dirt_rows') + 1 as dirt_number
from outcomes
inner join order_money using (order_id)
where order_status = 'delivered'
qualify target_part < 6
order by line_count = 1, target_number;

-- Complete made-up orders: copies of orders of one line with one thing wrong.
create table dirt_orders_made_up as
select
    raw_orders.order_id as copied_order_id,
    'order_rejected' as line_reason,
    raw_orders.* replace (
        'X' || (target_part + 1) || lpad(dirt_number::varchar, 6, '0') as order_id,
        case target_part
            when 0 then ['not a date', '2023-02-30 10:00:00'][1 + dirt_number % 2]
            when 1 then raw_orders.ordered_at
            else '2199-01-01 00:00:00'
        end as ordered_at,
        case when target_part = 1 then 'teleported' else order_status end as order_status
    ),
    ['invalid_date', 'status_unmapped', 'future_date'][target_part + 1] as reason
from dirt_targets
inner join raw_orders using (order_id)
where line_count = 1 and target_part < 3;

create table dirt_orders as
select * exclude (copied_order_id, line_reason)
from dirt_orders_made_up
union all
select
    raw_orders.*,
    'duplicate_row'
from dirt_targets
inner join raw_orders using (order_id)
where line_count = 1 and target_part = 3
order by reason, order_id;

create table dirt_order_items as
with

first_lines as (

    select
        raw_order_items.*,
        target_part,
        dirt_number
    from dirt_targets
    inner join raw_order_items using (order_id)
    where line_count > 1 and line_number = '1'

),

single_lines as (

    select raw_order_items.*
    from dirt_targets
    inner join raw_order_items using (order_id)
    where line_count = 1 and target_part < 3

)

select
    single_lines.* replace (dirt_orders_made_up.order_id as order_id),
    line_reason as reason
from dirt_orders_made_up
inner join single_lines on dirt_orders_made_up.copied_order_id = single_lines.order_id
union all
select * exclude (target_part, dirt_number), 'duplicate_row'
from first_lines
where target_part = 0
union all
select * exclude (target_part, dirt_number) replace (null as order_id), 'missing_key'
from first_lines
where target_part = 1
union all
select
    * exclude (target_part, dirt_number)
    replace ('X9' || lpad(dirt_number::varchar, 6, '0') as order_id),
    'orphan_order'
from first_lines
where target_part = 2
union all
select
    * exclude (target_part, dirt_number)
    replace ('900' as line_number, ['0', '-1'][1 + dirt_number % 2] as quantity),
    'quantity_not_positive'
from first_lines
where target_part = 3
union all
select
    * exclude (target_part, dirt_number) replace ('920' as line_number, '1.5' as quantity),
    'quantity_not_integral'
from first_lines
where target_part = 4
union all
select
    -- a letter O in place of a zero
    * exclude (target_part, dirt_number) replace ('940' as line_number, '12,5O' as unit_price),
    'invalid_number'
from first_lines
where target_part = 5
-- the rows without an order need every column to be distinguished
order by reason, order_id, line_number, product_id, quantity, unit_price, line_discount_amount;

create table dirt_customers as
select
    * exclude (dirt_number) replace (
        case when dirt_number % 2 = 1 then customer_id end as customer_id
    ),
    case when dirt_number % 2 = 1 then 'duplicate_row' else 'missing_key' end as reason
from (
    select
        raw_customers.*,
        dirt_number
    from raw_customers
    inner join (
        select
            customer_id::varchar as customer_id,
            row_number() over (order by uniform('dirt', customer_id), customer_id) as dirt_number
        from customers
        qualify dirt_number <= 2 * getvariable('dirt_rows')
    ) as chosen using (customer_id)
) as customers_chosen
order by reason, customer_id, email;

create table dirt_payments as
with

chosen as (

    select
        raw_payments.*,
        dirt_number,
        target_part
    from dirt_targets
    inner join raw_payments using (order_id)
    where line_count > 1 and target_part < 2

)

select
    * exclude (dirt_number, target_part),
    'duplicate_row' as reason
from chosen
where target_part = 0
union all
select
    * exclude (dirt_number, target_part) replace (
        'X' || payment_id as payment_id,
        'X9' || lpad(dirt_number::varchar, 6, '0') as order_id
    ),
    'orphan_order'
from chosen
where target_part = 1
order by reason, payment_id;

create table dirt_returns as
with

cancelled as (

    select
        order_id::varchar as order_id,
        cancelled_at
    from outcomes
    where order_status = 'cancelled'
    order by uniform('dirt', outcomes.order_id), outcomes.order_id
    limit getvariable('dirt_rows')

),

made_up as (

    select
        'X1' || lpad(dirt_number::varchar, 6, '0') as return_id,
        'X9' || lpad(dirt_number::varchar, 6, '0') as order_id,
        ordered_at + 864000 as returned_at,
        'orphan_order' as reason
    from dirt_targets
    where line_count > 1 and target_part = 2
    union all
    select
        'X2' || lpad(dirt_number::varchar, 6, '0'),
        order_id,
        ordered_at - 86400,
        'return_before_order'
    from dirt_targets
    where line_count > 1 and target_part = 0
    union all
    select
        'X3' || lpad((row_number() over (order by order_id))::varchar, 6, '0'),
        order_id,
        least(getvariable('data_end'), cancelled_at + 864000),
        'return_on_unrecognised_order'
    from cancelled

)

select
    return_id,
    order_id,
    '1' as line_number,
    '1' as quantity,
    'changed_mind' as return_reason,
    '0.00' as refunded_tax_amount,
    '0.00' as refunded_shipping_amount,
    utc_text(returned_at) as returned_at,
    reason
from made_up
order by return_id;

create table dirt_order_status_history as
select
    'X9' || lpad(dirt_number::varchar, 6, '0') as order_id,
    '1' as status_sequence,
    'pending' as order_status,
    utc_text(ordered_at) as changed_at,
    'orphan_order' as reason
from dirt_targets
where line_count > 1 and target_part = 2
order by order_id;

create table dirt_feedback as
select
    'X' || feedback_id as feedback_id,
    * exclude (feedback_id) replace ('9' as rating),
    'rating_out_of_range' as reason
from raw_feedback
where feedback_type = 'review'
order by hash(raw_feedback.feedback_id), raw_feedback.feedback_id
limit getvariable('dirt_rows');
