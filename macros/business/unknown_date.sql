{#- The day that stands for an unknown date; dim_dates has it as a reserved member. -#}
{% macro unknown_date() -%}
    cast('1900-01-01' as date)
{%- endmacro %}
