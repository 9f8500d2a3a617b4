{#- First day of a period of a row of dim_dates: of its week (a Monday), quarter, year, fiscal_quarter or
    fiscal_year. -#}
{% macro period_start(period_type, dates) -%}
    {%- set months = {
        'quarter': '3 * (' ~ dates ~ '.quarter_of_year - 1) + 1 - ' ~ dates ~ '.month_of_year',
        'year': '1 - ' ~ dates ~ '.month_of_year',
        'fiscal_quarter': '3 * (' ~ dates ~ '.fiscal_quarter - 1) + 1 - ' ~ dates ~ '.fiscal_month',
        'fiscal_year': '1 - ' ~ dates ~ '.fiscal_month'
    } -%}
    {%- if period_type == 'week' -%}
        {{ dates }}.week_start_date
    {%- else -%}
        {{ add_months(dates ~ '.month_start_date', months[period_type]) }}
    {%- endif -%}
{%- endmacro %}
