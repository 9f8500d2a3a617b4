{# Grain: one row per promotion code, with the reserved member no promotion (-3). #}
{{ small_dimension(
    'promotion', ref('int_orders_conformed'), 'promotion_code', [[-3, 'No promotion']]
) }}
