select
    raw_returns.return_id as return_item_id,
    raw_returns.return_id,
    order_items.order_item_id,
    raw_returns.quantity,
    raw_returns.return_reason,
    raw_returns.refunded_tax_amount,
    raw_returns.refunded_shipping_amount
from raw_returns
inner join order_items
    on raw_returns.order_id = order_items.order_id
    and raw_returns.line_number = order_items.line_number
order by cast(raw_returns.return_id as bigint)
