select
    product_id,
    product_name,
    category_id,
    list_price,
    unit_cost,
    cast(is_gift_card = 'true' as tinyint) as is_gift_card,
    updated_at
from raw_products
order by cast(product_id as bigint)
