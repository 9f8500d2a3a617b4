-- Lines, then the money of each order.
create macro product_rank(order_id, pick_number) as case
    when uniform('gift card', order_id * 32 + pick_number) < getvariable('gift_card_share')
        then getvariable('gift_card_rank')
    else 1 + floor(getvariable('product_count') * pow(
        uniform('product', order_id * 32 + pick_number), getvariable('popularity_power')
    ))::bigint
end;

-- Ranks 1 and 2, 3 and 4, and so on are bought together more often than chance would have it.
create macro companion_rank(popularity_rank) as case
    when popularity_rank = getvariable('gift_card_rank') then popularity_rank
    when popularity_rank % 2 = 1 then popularity_rank + 1
    else popularity_rank - 1
end;

create table order_lines as
with

baskets as (

    -- a product picked twice is one line
    select
        order_id,
        ordered_at,
        delivered_at,
        basket_factor,
        discount_percent > 0 as has_promotion,
        list_sort(list_distinct(list_transform(
            range(1, 2 + least(11, geometric(
                'lines', order_id, getvariable('extra_lines') * basket_factor
            ))),
            lambda pick_number: case
                when pick_number = 2
                    and uniform('companion', order_id) < getvariable('companion_share')
                    then companion_rank(product_rank(order_id, 1))
                else product_rank(order_id, pick_number)
            end
        ))) as ranks
    from orders

),

lines as (

    select
        * exclude (ranks),
        unnest(ranks) as popularity_rank,
        unnest(range(1, len(ranks) + 1)) as line_number,
        order_id * 32 + line_number as line_id
    from baskets

),

priced as (

    select
        order_id,
        line_number,
        line_id,
        product_id,
        is_gift_card,
        delivered_at,
        -- the uplift multiplies the expected units, so what is beyond the first unit rises more
        case
            when is_gift_card then 1
            else 1 + least(24, geometric('units', line_id, (
                1 + getvariable('extra_units') * basket_factor
            ) * case when has_promotion then getvariable('promotion_uplift') else 1 end - 1))
        end as quantity,
        case
            when ordered_at >= from_4 then price_4
            when ordered_at >= from_3 then price_3
            when ordered_at >= from_2 then price_2
            else price_1
        end as unit_price
    from lines
    inner join product_offers using (popularity_rank)

)

select
    *,
    case
        when not is_gift_card
            and uniform('line discount', line_id) < getvariable('line_discount_share')
            then (
                quantity * unit_price * pick([5, 10, 20], 'line discount percent', line_id) + 50
            ) // 100
        else 0
    end as line_discount
from priced
order by line_id;

create table order_money as
with

goods as (

    -- gift cards are neither discounted nor taxed
    select
        order_id,
        count(*) as line_count,
        sum(quantity)::bigint as units,
        sum(quantity * unit_price - line_discount)::bigint as goods,
        coalesce(sum(quantity * unit_price - line_discount) filter (where not is_gift_card), 0)
            ::bigint as taxable_goods
    from order_lines
    group by 1

),

discounted as (

    select
        goods.*,
        shipping_method,
        ship_home,
        (taxable_goods * discount_percent + 50) // 100 as order_discount
    from orders
    inner join goods using (order_id)

)

select
    order_id,
    line_count,
    units,
    goods,
    taxable_goods,
    order_discount,
    case
        when shipping_method = 'pickup' then 0
        when shipping_method = 'express' then 1495
        when goods - order_discount >= 7500 then 0
        else 695
    end as shipping,
    ((taxable_goods - order_discount) * tax_rate + 5000) // 10000 as tax,
    goods - order_discount + shipping + tax as total
from discounted
inner join places on ship_home // 100 = places.place_id
order by order_id;

create view raw_order_items as
select
    order_id::varchar as order_id,
    line_number::varchar as line_number,
    product_id::varchar as product_id,
    quantity::varchar as quantity,
    money_text(unit_price) as unit_price,
    money_text(line_discount) as line_discount_amount
from order_lines;
