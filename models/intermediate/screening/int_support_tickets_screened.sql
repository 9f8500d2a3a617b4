{# Grain: one row per staged support ticket, good or bad, with its outcome. #}
{{ screen(
    'support_tickets',
    joins=order_lookup_joins(),
    extra_columns=['orders.order_key'],
    rules=order_lookup_rules() + [
        ['value_out_of_range', 'severity', "staged.severity not in ('low', 'medium', 'high')"],
        [
            'invalid_date', 'first_response_at',
            'staged.first_response_at_utc < staged.opened_at_utc'
        ],
        ['invalid_date', 'resolved_at', 'staged.resolved_at_utc < staged.opened_at_utc']
    ]
) }}
