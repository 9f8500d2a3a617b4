{# Grain: one row per staged row of customer changes, good or bad, with its outcome. #}
{{ screen('customer_changes') }}
