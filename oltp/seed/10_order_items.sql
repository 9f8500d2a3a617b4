select
    row_number() over (order by cast(order_id as bigint), cast(line_number as int)) as order_item_id,
    order_id,
    line_number,
    product_id,
    quantity,
    unit_price,
    line_discount_amount
from raw_order_items
order by order_item_id
