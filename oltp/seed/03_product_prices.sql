select
    row_number() over (order by cast(product_id as bigint), cast(price_sequence as int)) as product_price_id,
    product_id,
    price_sequence,
    valid_from,
    list_price,
    unit_cost
from raw_product_prices
order by product_price_id
