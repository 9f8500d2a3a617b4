{# Grain: one row per staged order line, good or bad, with its outcome. #}
{{ screen(
    'order_items',
    joins=order_lookup_joins(),
    extra_columns=['orders.order_key'],
    rules=order_lookup_rules() + [
        ['quantity_not_positive', 'quantity', 'staged.quantity <= 0'],
        ['quantity_not_integral', 'quantity', 'staged.quantity <> floor(staged.quantity)'],
        ['price_negative', 'unit_price', 'staged.unit_price < 0 or staged.gross_amount < 0'],
        ['price_negative', 'line_discount_amount', 'staged.line_discount_amount < 0']
    ]
) }}
