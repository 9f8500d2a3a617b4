-- How each order ended, every status on its way, and the payments of those that went through.
create table outcomes as
with

returned as (

    select
        order_id,
        min(returned_at) as first_return_at,
        max(returned_at) filter (where completes_order) as complete_return_at
    from order_returns
    group by 1

)

select
    order_id,
    ordered_at,
    confirmed_at,
    processing_at,
    shipped_at,
    delivered_at,
    case when fate = 'cancelled' then ended_at end as cancelled_at,
    case when fate = 'failed' then ended_at end as failed_at,
    -- goods that all come back at once were never partially returned
    case
        when complete_return_at is null or first_return_at < complete_return_at
            then first_return_at
    end as partially_returned_at,
    complete_return_at,
    case
        when complete_return_at is not null then 'returned'
        when first_return_at is not null then 'partially_returned'
        when delivered_at is not null then 'delivered'
        when shipped_at is not null then 'shipped'
        when processing_at is not null then 'processing'
        when ended_at is not null then fate
        when confirmed_at is not null then 'confirmed'
        else 'pending'
    end as order_status
from orders
left join returned using (order_id)
order by order_id;

create view raw_orders as
select
    orders.order_id::varchar as order_id,
    customer_id::varchar as customer_id,
    utc_text(orders.ordered_at) as ordered_at,
    order_status,
    channel,
    payment_method,
    shipping_method,
    -- an order of gift cards only gets nothing off
    case when order_discount > 0 then promotion_code end as promotion_code,
    money_text(order_discount) as order_discount_amount,
    money_text(shipping) as shipping_amount,
    money_text(tax) as tax_amount,
    money_text(total) as total_amount,
    city as ship_city,
    state as ship_state,
    postal_code(zip_prefix, ship_home) as ship_postal_code,
    'United States' as ship_country
from orders
inner join order_money using (order_id)
inner join outcomes using (order_id)
inner join places on ship_home // 100 = places.place_id
order by orders.order_id;

create view raw_order_status_history as
select
    order_id::varchar as order_id,
    unnest(range(1, len(steps) + 1))::varchar as status_sequence,
    unnest(steps).order_status as order_status,
    utc_text(unnest(steps).changed_at) as changed_at
from (
    select
        order_id,
        list_filter([
            {'order_status': 'pending', 'changed_at': ordered_at},
            {'order_status': 'failed', 'changed_at': failed_at},
            {'order_status': 'confirmed', 'changed_at': confirmed_at},
            {'order_status': 'cancelled', 'changed_at': cancelled_at},
            {'order_status': 'processing', 'changed_at': processing_at},
            {'order_status': 'shipped', 'changed_at': shipped_at},
            {'order_status': 'delivered', 'changed_at': delivered_at},
            {'order_status': 'partially_returned', 'changed_at': partially_returned_at},
            {'order_status': 'returned', 'changed_at': complete_return_at}
        ], lambda step: step.changed_at is not null) as steps
    from outcomes
) as histories;

create table order_payments as
with

payable as (

    select
        order_id,
        orders.confirmed_at,
        payment_method,
        total,
        case
            -- cents
            when total >= 20000
                and uniform('split payment', order_id) < getvariable('split_payment_share')
                then (total * uniform_integer('split', order_id, 20, 60)) // 100
            else 0
        end as first_part
    from orders
    inner join order_money using (order_id)
    inner join outcomes using (order_id)
    where order_status not in ('pending', 'failed', 'cancelled')

)

select
    order_id,
    confirmed_at,
    1 as part_number,
    'gift_card' as payment_method,
    first_part as amount
from payable
where first_part > 0
union all
select
    order_id,
    confirmed_at,
    2,
    payment_method,
    total - first_part
from payable
order by order_id, part_number;

create view raw_payments as
select
    (order_payments.rowid + 1)::varchar as payment_id,
    order_id::varchar as order_id,
    payment_method,
    money_text(amount) as payment_amount,
    utc_text(confirmed_at) as paid_at
from order_payments;
