-- Orders in the sequence of time, with everything that does not depend on their lines.
create table order_arrivals as
select
    customers.customer_id,
    purchase_number,
    wall_clock(purchases.business_at, business_clock) as ordered_at,
    local_date
from (
    select
        candidate_id,
        purchase_number,
        business_at
    from purchases
    union all
    -- guests come as new customers do; the last one makes sure of an order on the closing date
    select
        -1 - guest_number,
        0,
        case
            when guest_number = 0 then getvariable('business_end') - 40000
            else arrival('guest', guest_number)
        end
    from range(greatest(1, getvariable('guest_orders'))) as numbers (guest_number)
) as purchases
asof join business_clock on purchases.business_at >= business_clock.business_from
left join customers using (candidate_id)
-- purchases of candidates who were not let in
where customers.customer_id is not null or purchases.candidate_id < 0
order by ordered_at, candidate_id, purchase_number;

drop table purchases;

create table orders as
with

numbered as (

    select
        rowid + 1 as order_id,
        *,
        uniform('channel', order_id) as channel_chance,
        uniform('payment method', order_id) as method_chance,
        uniform('fate', order_id) as fate_chance
    from order_arrivals

),

-- The welcome code is for first orders only; a campaign is for everybody while it runs.
promoted as (

    select
        numbered.*,
        case
            when customer_id is not null and purchase_number = 0
                and uniform('welcome', order_id) < getvariable('welcome_take_up') then 'WELCOME10'
            when uniform('campaign', order_id) < getvariable('campaign_take_up')
                then campaign_code
        end as promotion_code,
        case
            when channel_chance < 0.50 then 'web'
            when channel_chance < 0.80 then 'app'
            when channel_chance < 0.95 then 'store'
            else 'phone'
        end as channel,
        case
            when method_chance < 0.52 then 'credit_card'
            when method_chance < 0.72 then 'debit_card'
            when method_chance < 0.90 then 'paypal'
            when method_chance < 0.96 then 'bank_transfer'
            else 'gift_card'
        end as payment_method,
        case
            when channel = 'store' then 'pickup'
            when uniform('shipping', order_id) < 0.25 then 'express'
            else 'standard'
        end as shipping_method,
        case
            when fate_chance < getvariable('cancelled_share') then 'cancelled'
            when fate_chance < getvariable('cancelled_share') + getvariable('failed_share')
                then 'failed'
            else 'delivered'
        end as fate,
        shipping_method <> 'pickup' and uniform('late', order_id) < getvariable('late_share')
            as is_late
    from numbered
    inner join calendar_days using (local_date)

),

-- Times as they would come about; what lies after the end of the data has not happened yet.
planned as (

    select
        *,
        case
            when fate = 'failed'
                or fate = 'cancelled' and uniform('cancelled early', order_id) < 0.6 then null
            when payment_method = 'bank_transfer'
                then ordered_at + uniform_integer('confirmed', order_id, 43200, 144000)
            else ordered_at + uniform_integer('confirmed', order_id, 60, 2700)
        end as confirmed,
        case
            when fate = 'failed' then ordered_at + uniform_integer('failed', order_id, 60, 1800)
            when fate = 'cancelled'
                then coalesce(confirmed, ordered_at)
                    + uniform_integer('cancelled', order_id, 600, 36000)
        end as ended,
        case
            when fate = 'delivered'
                then confirmed + uniform_integer('processing', order_id, 1800, 43200)
        end as processing,
        processing + uniform_integer('shipped', order_id, 10800, 129600) as shipped,
        shipped + case shipping_method
            when 'pickup' then uniform_integer('transit', order_id, 7200, 86400)
            when 'express' then uniform_integer('transit', order_id, 64800, 172800)
            else uniform_integer('transit', order_id, 172800, 345600)
        end + case
            when is_late then uniform_integer('delay', order_id, 691200, 1209600) else 0
        end as delivered
    from promoted

)

select
    order_id,
    planned.customer_id,
    ordered_at,
    local_date,
    promotion_code,
    coalesce(discount_percent, 0) as discount_percent,
    channel,
    payment_method,
    shipping_method,
    fate,
    is_late,
    unless_after_end(confirmed) as confirmed_at,
    unless_after_end(processing) as processing_at,
    unless_after_end(shipped) as shipped_at,
    unless_after_end(delivered) as delivered_at,
    unless_after_end(ended) as ended_at,
    case
        when customers.customer_id is null
            or uniform('gift address', order_id) < getvariable('gift_address_share')
            then home('ship to', order_id)
        when ordered_at >= moved_at then new_home
        else customers.home
    end as ship_home,
    coalesce(
        basket_factor,
        (exponential('guest basket', order_id) + exponential('guest basket, second', order_id))
        / getvariable('basket_shape')
    ) as basket_factor
from planned
left join customers on planned.customer_id = customers.customer_id
left join promotion_parameters using (promotion_code)
order by order_id;

drop table order_arrivals;
