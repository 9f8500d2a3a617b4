-- Categories, products and their prices. Products are drawn by rank of popularity.
create table sub_categories as
select
    row_number() over () as sub_category_number,
    *
from (
    -- neighbours belong to different categories, so that each category has popular products
    values
        ('Clothing', 'Jackets', 89, ['Rain Jacket', 'Parka', 'Fleece', 'Blazer']),
        ('Electronics', 'Headphones', 79, ['Earbuds', 'Headset', 'Headphones', 'Speaker']),
        ('Home', 'Kitchen', 34, ['Skillet', 'Kettle', 'Knife Set', 'Teapot']),
        ('Beauty', 'Skin Care', 22, ['Day Cream', 'Serum', 'Cleanser', 'Face Mask']),
        ('Footwear', 'Sneakers', 74, ['Runner', 'Court Shoe', 'Slip-on', 'High-top']),
        ('Sports', 'Yoga', 29, ['Yoga Mat', 'Block Set', 'Strap', 'Bolster']),
        ('Clothing', 'Shirts', 32, ['T-Shirt', 'Polo', 'Oxford Shirt', 'Tunic']),
        ('Home', 'Bedding', 54, ['Duvet', 'Pillow', 'Sheet Set', 'Throw']),
        ('Electronics', 'Wearables', 119, ['Watch', 'Tracker', 'Ring', 'Clip']),
        ('Beauty', 'Hair Care', 16, ['Shampoo', 'Conditioner', 'Hair Oil', 'Styling Gel']),
        ('Footwear', 'Boots', 109, ['Hiking Boot', 'Chelsea Boot', 'Rain Boot', 'Work Boot']),
        ('Sports', 'Cycling', 46, ['Helmet', 'Bike Light', 'Pump', 'Bottle']),
        ('Clothing', 'Trousers', 49, ['Chino', 'Jeans', 'Jogger', 'Shorts']),
        ('Home', 'Lighting', 42, ['Desk Lamp', 'Floor Lamp', 'Lantern', 'String Lights']),
        ('Electronics', 'Charging', 27, ['Power Bank', 'Cable', 'Wall Charger', 'Dock']),
        ('Beauty', 'Fragrance', 48, ['Eau de Toilette', 'Room Mist', 'Body Oil', 'Candle']),
        ('Footwear', 'Sandals', 36, ['Slide', 'Trek Sandal', 'Clog', 'Espadrille']),
        ('Sports', 'Camping', 64, ['Tent', 'Sleeping Bag', 'Stove', 'Headlamp']),
        ('Clothing', 'Knitwear', 58, ['Cardigan', 'Pullover', 'Beanie', 'Scarf']),
        ('Home', 'Storage', 24, ['Basket', 'Shelf Box', 'Jar Set', 'Hamper'])
) as listed (category_name, sub_category_name, typical_price, nouns);

set variable product_count = least(
    960, 2 * round(60 * greatest(1, pow(getvariable('orders') / 20000, 0.4)))::bigint
);
set variable gift_card_rank = getvariable('product_count') + 1;

create table catalogue as
select
    popularity_rank,
    sub_categories.category_name,
    sub_categories.sub_category_name,
    [
        'Alder', 'Birch', 'Cedar', 'Dune', 'Ember', 'Fjord', 'Granite', 'Harbor', 'Iris',
        'Juniper', 'Lumen', 'Meadow'
    ][1 + family % 12] || ' ' || nouns[1 + (family % 4 + family // 12) % 4] as product_name,
    floor(sub_categories.typical_price * exp(0.35 * normal('price', popularity_rank)))::bigint
        * 100 + 99 as first_price,
    0.55 + 0.15 * uniform('cost', popularity_rank) as cost_share,
    uniform('unknown cost', popularity_rank) < getvariable('unknown_cost_share')
        as is_cost_unknown,
    uniform_integer('price count', popularity_rank, 1, 4) as price_count,
    false as is_gift_card
from (
    select
        popularity_rank,
        (popularity_rank - 1) // 20 as family
    from range(1, getvariable('product_count') + 1) as numbers (popularity_rank)
) as ranks
inner join sub_categories
    on (ranks.popularity_rank - 1) % 20 + 1 = sub_categories.sub_category_number
union all
select
    getvariable('gift_card_rank'), 'Gift Cards', 'Digital Cards', 'Gift Card 50', 5000, 0, true, 1,
    true;

-- Numbers say nothing about popularity.
create table products as
select
    row_number() over (order by is_gift_card, hash(popularity_rank)) + 100 as product_id,
    *,
    case when uniform('raise year', popularity_rank) < 0.5 then 1 else 0 end as first_raise
from catalogue
order by product_id;

create table product_prices as
with

numbered as (

    select
        *,
        unnest(range(1, price_count + 1)) as price_sequence
    from products

),

dated as (

    -- a price list changes once a year, between mid January and the end of March
    select
        *,
        case
            when price_sequence = 1 then getvariable('data_start')
            else epoch(timezone(
                getvariable('time_zone'),
                make_timestamp(2021 + price_sequence - 1 + skipped_years, 1, 15, 0, 0, 0)
                + to_days(uniform_integer(
                    'price day', popularity_rank * 8 + price_sequence, 0, 75
                )::integer)
            ))::bigint
        end as valid_from,
        round(first_price * pow(
            1 + getvariable('yearly_price_rise'),
            case when price_sequence = 1 then 0 else price_sequence - 1 + skipped_years end
        ) * case
            when price_sequence = 1 then 1
            else 1 + 0.005 * normal('raise', popularity_rank * 8 + price_sequence)
        end)::bigint as price
    from (
        select
            *,
            case when price_count = 4 then 0 else first_raise end as skipped_years
        from numbered
    ) as with_years

)

select
    product_id,
    price_sequence,
    valid_from,
    price,
    case when not is_cost_unknown then round(price * cost_share)::bigint end as unit_cost
from dated
order by product_id, price_sequence;

-- One row per product with its prices side by side: pricing a line is then a plain look-up.
create table product_offers as
select
    products.popularity_rank,
    product_id,
    any_value(products.category_name) as category_name,
    any_value(products.is_gift_card) as is_gift_card,
    max(price) filter (where price_sequence = 1) as price_1,
    max(price) filter (where price_sequence = 2) as price_2,
    max(price) filter (where price_sequence = 3) as price_3,
    max(price) filter (where price_sequence = 4) as price_4,
    max(valid_from) filter (where price_sequence = 2) as from_2,
    max(valid_from) filter (where price_sequence = 3) as from_3,
    max(valid_from) filter (where price_sequence = 4) as from_4
from products
inner join product_prices using (product_id)
group by 1, 2;

create table categories as
with

named as (

    select
        category_name,
        null as parent_name,
        1 as depth
    from category_parameters
    union all
    select
        sub_category_name,
        category_name,
        2
    from sub_categories
    union all
    select 'Digital Cards', 'Gift Cards', 2

)

select
    row_number() over (order by depth, parent_name, category_name) as category_id,
    *
from named
order by category_id;

create view raw_categories as
select
    children.category_id::varchar as category_id,
    children.category_name,
    parents.category_id::varchar as parent_category_id
from categories as children
left join categories as parents
    on children.parent_name = parents.category_name and parents.depth = 1
order by children.category_id;

create view raw_products as
select
    products.product_id::varchar as product_id,
    product_name,
    categories.category_id::varchar as category_id,
    money_text(latest.price) as list_price,
    money_text(latest.unit_cost) as unit_cost,
    is_gift_card::varchar as is_gift_card,
    utc_text(latest.valid_from) as updated_at
from products
inner join categories
    on products.sub_category_name = categories.category_name
inner join product_prices as latest
    on products.product_id = latest.product_id and products.price_count = latest.price_sequence
order by products.product_id;

create view raw_product_prices as
select
    product_id::varchar as product_id,
    price_sequence::varchar as price_sequence,
    utc_text(valid_from) as valid_from,
    money_text(price) as list_price,
    money_text(unit_cost) as unit_cost
from product_prices;
