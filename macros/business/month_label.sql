{#- The month of a date as a text, such as 2024-01: sorts as the months do. -#}
{% macro month_label(date) -%}
    substr(cast({{ date }} as {{ type_text(10) }}), 1, 7)
{%- endmacro %}
