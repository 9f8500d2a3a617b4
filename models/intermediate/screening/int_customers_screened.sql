{# Grain: one row per staged row of customers, good or bad, with its outcome. #}
{{ screen('customers') }}
