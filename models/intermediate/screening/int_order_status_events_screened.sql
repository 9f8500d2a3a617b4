{# Grain: one row per staged status event, good or bad, with its outcome. #}
{{ screen(
    'order_status_events',
    replaced_columns=['order_status'],
    joins=order_lookup_joins() ~ "
    left join " ~ ref('order_status_map') ~ " as status_map
        on staged.order_status = status_map.raw_status",
    extra_columns=['orders.order_key', 'status_map.order_status'],
    rules=order_lookup_rules() + [
        [
            'status_unmapped', 'order_status',
            "coalesce(status_map.order_status, 'unknown') = 'unknown'"
        ]
    ]
) }}
