{# Grain: one row per staged row of subscriptions, good or bad, with its outcome. #}
{{ screen('subscriptions') }}
