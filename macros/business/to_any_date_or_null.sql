{#- A date read from text as yyyy-mm-dd or, failing that, as month/day/year. -#}
{% macro to_any_date_or_null(text) -%}
    coalesce({{ to_date_or_null(text) }}, {{ us_to_date_or_null(text) }})
{%- endmacro %}
