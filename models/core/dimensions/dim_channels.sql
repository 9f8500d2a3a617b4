{# Grain: one row per sales channel, with the reserved member unknown (-1). #}
{{ small_dimension('channel', ref('int_orders_conformed'), 'channel') }}
