{#- True for an order whose returns window is over, so that its return rate can be judged. Reads run_context. -#}
{% macro is_mature(order_date) -%}
    {{ days_between(order_date, 'run_context.as_of_date') }} > {{ var('return_window_days') }}
{%- endmacro %}
