{# Grain: one row per staged row of product changes, good or bad, with its outcome. #}
{{ screen('product_changes') }}
