{#- The date moved by the months that the fiscal year starts late, so that its calendar year and quarter are the fiscal
    ones; a fiscal year that does not start in January is named after the year it ends in, one later. -#}
{% macro fiscal_date(date) -%}
    {{ add_months(date, 1 - var('fiscal_year_start_month')) }}
{%- endmacro %}
