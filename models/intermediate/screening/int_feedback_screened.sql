{# Grain: one row per staged feedback, good or bad, with its outcome. #}
{{ screen(
    'feedback',
    joins=order_lookup_joins(),
    extra_columns=['orders.order_key', 'orders.customer_id as order_customer_id'],
    rules=order_lookup_rules() + [
        ['rating_out_of_range', 'rating', 'staged.rating < 1 or staged.rating > 5'],
        [
            'value_out_of_range', 'feedback_type',
            "staged.feedback_type not in ('review', 'complaint', 'enquiry')"
        ]
    ]
) }}
