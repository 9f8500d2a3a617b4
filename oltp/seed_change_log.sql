-- What the change log would hold, had the seeded rows come one by one. Customers first, with the changes that
-- seed_customer_changes lists; every other row as if it had been there from the start as it is.
-- Nothing else may write meanwhile, and no trigger may log.

insert into change_log (
    change_sequence, table_name, row_key, operation, before_row, after_row, changed_at, changed_by
)
select
    change_sequence,
    'customers',
    customer_id,
    operation,
    lag(after_row) over (partition by customer_id order by change_sequence),
    after_row,
    changed_at,
    substring_index(user(), '@', 1)
from (
    select
        seed_customer_changes.change_sequence,
        seed_customer_changes.customer_id,
        seed_customer_changes.operation,
        seed_customer_changes.changed_at,
        cast(json_replace(
            customer_rows.row_content,
            '$.city', seed_customer_changes.city,
            '$.state', seed_customer_changes.state,
            '$.postal_code', seed_customer_changes.postal_code,
            '$.country', seed_customer_changes.country,
            '$.annual_income', concat(seed_customer_changes.annual_income, ''),
            '$.spending_score', concat(seed_customer_changes.spending_score, ''),
            '$.segment', seed_customer_changes.segment,
            '$.is_subscriber', seed_customer_changes.is_subscriber,
            '$.updated_at', concat(seed_customer_changes.changed_at, '')
        ) as char) as after_row
    from seed_customer_changes
    inner join customer_rows
        on seed_customer_changes.customer_id = customer_rows.row_key
) as changes
order by change_sequence;

insert into change_log (table_name, row_key, operation, after_row, changed_at, changed_by)
select 'categories', row_key, 'insert', row_content, (select min(valid_from) from product_prices), substring_index(user(), '@', 1)
from category_rows
order by row_key;

insert into change_log (table_name, row_key, operation, after_row, changed_at, changed_by)
select 'products', row_key, 'insert', row_content, products.updated_at, substring_index(user(), '@', 1)
from product_rows
inner join products
    on product_rows.row_key = products.product_id
order by row_key;

insert into change_log (table_name, row_key, operation, after_row, changed_at, changed_by)
select 'product_prices', row_key, 'insert', row_content, product_prices.valid_from, substring_index(user(), '@', 1)
from product_price_rows
inner join product_prices
    on product_price_rows.row_key = product_prices.product_price_id
order by row_key;

insert into change_log (table_name, row_key, operation, after_row, changed_at, changed_by)
select 'orders', row_key, 'insert', row_content, orders.status_changed_at, substring_index(user(), '@', 1)
from order_rows
inner join orders
    on order_rows.row_key = orders.order_id
order by row_key;

insert into change_log (table_name, row_key, operation, after_row, changed_at, changed_by)
select 'order_items', row_key, 'insert', row_content, orders.ordered_at, substring_index(user(), '@', 1)
from order_item_rows
inner join order_items
    on order_item_rows.row_key = order_items.order_item_id
inner join orders
    on order_items.order_id = orders.order_id
order by row_key;

insert into change_log (table_name, row_key, operation, after_row, changed_at, changed_by)
select 'order_status_history', row_key, 'insert', row_content, order_status_history.changed_at, substring_index(user(), '@', 1)
from order_status_history_rows
inner join order_status_history
    on order_status_history_rows.row_key = order_status_history.order_status_history_id
order by row_key;

insert into change_log (table_name, row_key, operation, after_row, changed_at, changed_by)
select 'payments', row_key, 'insert', row_content, payments.paid_at, substring_index(user(), '@', 1)
from payment_rows
inner join payments
    on payment_rows.row_key = payments.payment_id
order by row_key;

insert into change_log (table_name, row_key, operation, after_row, changed_at, changed_by)
select 'return_items', row_key, 'insert', row_content, returns.returned_at, substring_index(user(), '@', 1)
from return_item_rows
inner join return_items
    on return_item_rows.row_key = return_items.return_item_id
inner join returns
    on return_items.return_id = returns.return_id
order by row_key;

insert into change_log (table_name, row_key, operation, after_row, changed_at, changed_by)
select
    'subscriptions', row_key, 'insert', row_content,
    coalesce(subscriptions.ended_at, subscriptions.started_at), substring_index(user(), '@', 1)
from subscription_rows
inner join subscriptions
    on subscription_rows.row_key = subscriptions.subscription_id
order by row_key;

insert into change_log (table_name, row_key, operation, after_row, changed_at, changed_by)
select 'feedback', row_key, 'insert', row_content, feedback.submitted_at, substring_index(user(), '@', 1)
from feedback_rows
inner join feedback
    on feedback_rows.row_key = feedback.feedback_id
order by row_key;

insert into change_log (table_name, row_key, operation, after_row, changed_at, changed_by)
select
    'support_tickets', row_key, 'insert', row_content,
    coalesce(support_tickets.resolved_at, support_tickets.first_response_at, support_tickets.opened_at),
    substring_index(user(), '@', 1)
from support_ticket_rows
inner join support_tickets
    on support_ticket_rows.row_key = support_tickets.ticket_id
order by row_key;
