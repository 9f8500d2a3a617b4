-- What the change log keeps of a row, and the warehouse reads: one JSON object of texts per row. One definition,
-- used by the triggers that log, by the feed and by the integrity report.

create or replace view customer_rows as
select
    customers.customer_id as row_key,
    json_object(
        'customer_id', concat(customers.customer_id, ''),
        'external_id', customers.external_id,
        'first_name', customers.first_name,
        'last_name', customers.last_name,
        'email', customers.email,
        'phone', customers.phone,
        'street_address', addresses.street_address,
        'city', addresses.city,
        'state', addresses.state,
        'postal_code', addresses.postal_code,
        'country', addresses.country,
        'gender', customers.gender,
        'birth_date', concat(customers.birth_date, ''),
        'annual_income', concat(customer_profiles.annual_income, ''),
        'spending_score', concat(customer_profiles.spending_score, ''),
        'segment', customers.segment,
        'is_subscriber', case when exists (
            select 1
            from subscriptions
            where subscriptions.running_for_customer_id = customers.customer_id
        ) then 'true' else 'false' end,
        'registered_at', concat(customers.registered_at, ''),
        'updated_at', concat(customers.updated_at, ''),
        'erased_at', concat(customers.erased_at, '')
    ) as row_content
from customers
left join addresses
    on customers.customer_id = addresses.home_of_customer_id
left join customer_profiles
    on customers.customer_id = customer_profiles.customer_id;

create or replace view category_rows as
select
    category_id as row_key,
    json_object(
        'category_id', concat(category_id, ''),
        'category_name', category_name,
        'parent_category_id', concat(parent_category_id, '')
    ) as row_content
from categories;

create or replace view product_rows as
select
    product_id as row_key,
    json_object(
        'product_id', concat(product_id, ''),
        'external_id', external_id,
        'product_name', product_name,
        'category_id', concat(category_id, ''),
        'list_price', concat(list_price, ''),
        'unit_cost', concat(unit_cost, ''),
        'is_gift_card', case when is_gift_card then 'true' else 'false' end,
        'updated_at', concat(updated_at, '')
    ) as row_content
from products;

create or replace view product_price_rows as
select
    product_price_id as row_key,
    json_object(
        'product_id', concat(product_id, ''),
        'price_sequence', concat(price_sequence, ''),
        'valid_from', concat(valid_from, ''),
        'list_price', concat(list_price, ''),
        'unit_cost', concat(unit_cost, '')
    ) as row_content
from product_prices;

create or replace view order_rows as
select
    orders.order_id as row_key,
    json_object(
        'order_id', concat(orders.order_id, ''),
        'external_id', orders.external_id,
        'customer_id', concat(orders.customer_id, ''),
        'ordered_at', concat(orders.ordered_at, ''),
        'order_status', orders.order_status,
        'channel', orders.channel,
        'payment_method', orders.payment_method,
        'shipping_method', orders.shipping_method,
        'promotion_code', orders.promotion_code,
        'order_discount_amount', concat(orders.order_discount_amount, ''),
        'shipping_amount', concat(orders.shipping_amount, ''),
        'tax_amount', concat(orders.tax_amount, ''),
        'total_amount', concat(orders.total_amount, ''),
        'ship_city', addresses.city,
        'ship_state', addresses.state,
        'ship_country', addresses.country
    ) as row_content
from orders
left join addresses
    on orders.ship_address_id = addresses.address_id;

create or replace view order_item_rows as
select
    order_item_id as row_key,
    json_object(
        'order_id', concat(order_id, ''),
        'line_number', concat(line_number, ''),
        'product_id', concat(product_id, ''),
        'quantity', concat(quantity, ''),
        'unit_price', concat(unit_price, ''),
        'line_discount_amount', concat(line_discount_amount, '')
    ) as row_content
from order_items;

create or replace view order_status_history_rows as
select
    order_status_history_id as row_key,
    json_object(
        'order_id', concat(order_id, ''),
        'status_sequence', concat(status_sequence, ''),
        'order_status', order_status,
        'changed_at', concat(changed_at, '')
    ) as row_content
from order_status_history;

create or replace view payment_rows as
select
    payment_id as row_key,
    json_object(
        'payment_id', concat(payment_id, ''),
        'order_id', concat(order_id, ''),
        'payment_method', payment_method,
        'payment_amount', concat(payment_amount, ''),
        'paid_at', concat(paid_at, '')
    ) as row_content
from payments;

create or replace view return_item_rows as
select
    return_items.return_item_id as row_key,
    json_object(
        'return_id', concat(return_items.return_item_id, ''),
        'order_id', concat(order_items.order_id, ''),
        'line_number', concat(order_items.line_number, ''),
        'quantity', concat(return_items.quantity, ''),
        'return_reason', return_items.return_reason,
        'refunded_tax_amount', concat(return_items.refunded_tax_amount, ''),
        'refunded_shipping_amount', concat(return_items.refunded_shipping_amount, ''),
        'returned_at', concat(returns.returned_at, '')
    ) as row_content
from return_items
inner join returns
    on return_items.return_id = returns.return_id
inner join order_items
    on return_items.order_item_id = order_items.order_item_id;

create or replace view subscription_rows as
select
    subscription_id as row_key,
    json_object(
        'subscription_id', concat(subscription_id, ''),
        'customer_id', concat(customer_id, ''),
        'plan_name', plan_name,
        'monthly_fee_amount', concat(monthly_fee_amount, ''),
        'started_at', concat(started_at, ''),
        'ended_at', concat(ended_at, '')
    ) as row_content
from subscriptions;

create or replace view feedback_rows as
select
    feedback_id as row_key,
    json_object(
        'feedback_id', concat(feedback_id, ''),
        'customer_id', concat(customer_id, ''),
        'order_id', concat(order_id, ''),
        'product_id', concat(product_id, ''),
        'feedback_type', feedback_type,
        'rating', concat(rating, ''),
        'comment', comment,
        'submitted_at', concat(submitted_at, '')
    ) as row_content
from feedback;

create or replace view support_ticket_rows as
select
    ticket_id as row_key,
    json_object(
        'ticket_id', concat(ticket_id, ''),
        'customer_id', concat(customer_id, ''),
        'order_id', concat(order_id, ''),
        'ticket_type', ticket_type,
        'severity', severity,
        'ticket_status', case when resolved_at is null then 'open' else 'resolved' end,
        'opened_at', concat(opened_at, ''),
        'first_response_at', concat(first_response_at, ''),
        'resolved_at', concat(resolved_at, '')
    ) as row_content
from support_tickets;
