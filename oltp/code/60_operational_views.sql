-- The questions of the day, for people at the counter, in the stockroom and on the telephone.

create or replace view open_orders as
select
    orders.order_id,
    orders.customer_id,
    orders.order_status,
    orders.ordered_at,
    timestampdiff(hour, orders.status_changed_at, utc_timestamp(6)) as hours_in_status,
    orders.total_amount,
    orders.total_amount - coalesce((
        select sum(payments.payment_amount)
        from payments
        where payments.order_id = orders.order_id
    ), 0) as unpaid_amount
from orders
where orders.order_status in ('pending', 'confirmed', 'processing', 'shipped');

create or replace view stock_to_reorder as
select
    products.product_id,
    products.product_name,
    stock.quantity_on_hand,
    stock.reorder_level
from stock
inner join products
    on stock.product_id = products.product_id
where stock.quantity_on_hand <= stock.reorder_level;

create or replace view orders_today as
select
    order_status,
    count(*) as orders,
    sum(total_amount) as total_amount
from orders
where ordered_at >= utc_date()
group by order_status;

create or replace view unresolved_complaints as
select
    support_tickets.ticket_id,
    support_tickets.customer_id,
    support_tickets.order_id,
    support_tickets.severity,
    support_tickets.opened_at,
    timestampdiff(hour, support_tickets.opened_at, utc_timestamp(6)) as hours_open,
    support_tickets.first_response_at is not null as is_answered
from support_tickets
where support_tickets.ticket_type = 'complaint' and support_tickets.resolved_at is null;

create or replace view customer_cards as
select
    customers.customer_id,
    customers.first_name,
    customers.last_name,
    customers.email,
    customers.phone,
    addresses.street_address,
    addresses.postal_code,
    addresses.city,
    addresses.state,
    addresses.country,
    subscriptions.plan_name as running_plan,
    coalesce(bought.orders, 0) as orders,
    coalesce(bought.total_amount, 0) as total_amount,
    bought.last_ordered_at,
    (
        select count(*)
        from support_tickets
        where support_tickets.customer_id = customers.customer_id
            and support_tickets.resolved_at is null
    ) as open_tickets
from customers
left join addresses
    on customers.customer_id = addresses.home_of_customer_id
left join subscriptions
    on customers.customer_id = subscriptions.running_for_customer_id
left join (
    select
        orders.customer_id,
        count(*) as orders,
        sum(orders.total_amount) as total_amount,
        max(orders.ordered_at) as last_ordered_at
    from orders
    inner join order_statuses
        on orders.order_status = order_statuses.order_status
    where order_statuses.holds_stock and orders.order_status <> 'pending'
    group by orders.customer_id
) as bought
    on customers.customer_id = bought.customer_id;
