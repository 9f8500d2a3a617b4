-- What must be true at all times: each row of integrity_violations is a fault.

create or replace view replayed_rows as
select
    change_log.table_name,
    change_log.row_key,
    change_log.after_row
from change_log
inner join (
    select max(change_sequence) as change_sequence
    from change_log
    group by table_name, row_key
) as latest
    on change_log.change_sequence = latest.change_sequence
where change_log.operation <> 'delete';

create or replace view chained_changes as
select
    change_sequence,
    table_name,
    row_key,
    operation,
    before_row,
    lag(after_row) over same_row as previous_after_row,
    lag(operation) over same_row as previous_operation
from change_log
window same_row as (partition by table_name, row_key order by change_sequence);

-- All rows the log speaks of, as they are.
create or replace view current_rows as
select 'customers' as table_name, row_key, row_content from customer_rows
union all
select 'categories' as table_name, row_key, row_content from category_rows
union all
select 'products' as table_name, row_key, row_content from product_rows
union all
select 'product_prices' as table_name, row_key, row_content from product_price_rows
union all
select 'orders' as table_name, row_key, row_content from order_rows
union all
select 'order_items' as table_name, row_key, row_content from order_item_rows
union all
select 'order_status_history' as table_name, row_key, row_content from order_status_history_rows
union all
select 'payments' as table_name, row_key, row_content from payment_rows
union all
select 'return_items' as table_name, row_key, row_content from return_item_rows
union all
select 'subscriptions' as table_name, row_key, row_content from subscription_rows
union all
select 'feedback' as table_name, row_key, row_content from feedback_rows
union all
select 'support_tickets' as table_name, row_key, row_content from support_ticket_rows;

create or replace view integrity_violations as
select
    'stock is opening less sold plus returned' as rule_name,
    stock.product_id as row_key,
    concat(
        'on hand ', stock.quantity_on_hand, ', opening ', stock.opening_quantity,
        ', sold ', coalesce(sold.quantity, 0), ', returned ', coalesce(returned.quantity, 0)
    ) as detail
from stock
left join (
    select order_items.product_id, sum(order_items.quantity) as quantity
    from order_items
    inner join orders on order_items.order_id = orders.order_id
    inner join order_statuses on orders.order_status = order_statuses.order_status
    where order_statuses.holds_stock
    group by order_items.product_id
) as sold
    on stock.product_id = sold.product_id
left join (
    select order_items.product_id, sum(return_items.quantity) as quantity
    from return_items
    inner join order_items on return_items.order_item_id = order_items.order_item_id
    group by order_items.product_id
) as returned
    on stock.product_id = returned.product_id
where stock.quantity_on_hand
    <> stock.opening_quantity - coalesce(sold.quantity, 0) + coalesce(returned.quantity, 0)
union all
select
    'total of an order is the sum of its lines',
    orders.order_id,
    concat('goods ', orders.goods_amount, ', lines ', coalesce(summed.line_amount, 0))
from orders
left join (
    select order_id, sum(line_amount) as line_amount from order_items group by order_id
) as summed
    on orders.order_id = summed.order_id
where orders.goods_amount <> coalesce(summed.line_amount, 0)
union all
select
    'history of an order is legal',
    steps.order_id,
    concat(coalesce(steps.from_status, 'nothing'), ' to ', steps.order_status, ' as step ', steps.status_sequence)
from (
    select
        order_id,
        status_sequence,
        order_status,
        changed_at,
        lag(order_status) over (partition by order_id order by status_sequence) as from_status,
        lag(changed_at) over (partition by order_id order by status_sequence) as previous_changed_at,
        row_number() over (partition by order_id order by status_sequence) as step_number
    from order_status_history
) as steps
left join order_status_transitions
    on steps.from_status = order_status_transitions.from_status
    and steps.order_status = order_status_transitions.to_status
where steps.status_sequence <> steps.step_number
    or steps.changed_at < steps.previous_changed_at
    or case
        when steps.step_number = 1 then steps.order_status <> 'pending'
        else order_status_transitions.to_status is null
    end
union all
select
    'status of an order is the last of its history',
    orders.order_id,
    concat('status ', orders.order_status, ', history ', coalesce(latest.order_status, 'empty'))
from orders
left join (
    select order_status_history.order_id, order_status_history.order_status
    from order_status_history
    inner join (
        select order_id, max(status_sequence) as status_sequence
        from order_status_history
        group by order_id
    ) as last_steps
        on order_status_history.order_id = last_steps.order_id
        and order_status_history.status_sequence = last_steps.status_sequence
) as latest
    on orders.order_id = latest.order_id
where not (orders.order_status <=> latest.order_status)
union all
select
    'every change follows from the one before',
    change_sequence,
    concat(operation, ' of ', table_name, ' ', row_key)
from chained_changes
where case
    when previous_operation is null or previous_operation = 'delete'
        then operation <> 'insert' or before_row is not null
    else operation = 'insert' or not (before_row <=> previous_after_row)
end
union all
select
    'the change log replays to the rows as they are',
    replayed_rows.row_key,
    concat(replayed_rows.table_name, ' ', replayed_rows.row_key, ' is not as logged last')
from replayed_rows
left join current_rows
    on replayed_rows.table_name = current_rows.table_name
    and replayed_rows.row_key = current_rows.row_key
where not (json_extract(replayed_rows.after_row, '$') <=> current_rows.row_content)
union all
select
    'every row is in the change log',
    current_rows.row_key,
    concat(current_rows.table_name, ' ', current_rows.row_key, ' was never logged')
from current_rows
left join change_log
    on current_rows.table_name = change_log.table_name
    and current_rows.row_key = change_log.row_key
where change_log.change_sequence is null;
