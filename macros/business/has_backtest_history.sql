{#- Whether the business had sold for twelve months at the day, twelve months before as_of_date, at which the formula of
    lifetime value is tried. -#}
{% macro has_backtest_history(run_context) -%}
    {{ run_context }}.first_order_date <= {{ add_months(run_context ~ '.as_of_date', -24) }}
{%- endmacro %}
