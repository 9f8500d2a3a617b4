{# Grain: one row per staged row of products, good or bad, with its outcome. #}
{{ screen('products') }}
