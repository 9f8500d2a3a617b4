{# Grain: one row per staged payment, good or bad, with its outcome. #}
{{ screen(
    'payments',
    joins=order_lookup_joins(),
    extra_columns=['orders.order_key'],
    rules=order_lookup_rules() + [['price_negative', 'payment_amount', 'staged.payment_amount < 0']]
) }}
