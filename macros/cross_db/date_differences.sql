{#- Full days from start_date to end_date; negative when end_date is earlier. -#}
{% macro days_between(start_date, end_date) -%}
    {{ return(adapter.dispatch('days_between', 'customer_trends')(start_date, end_date)) }}
{%- endmacro %}

{% macro default__days_between(start_date, end_date) -%}
    {{ exceptions.raise_compiler_error('days_between has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__days_between(start_date, end_date) -%}
    date_diff('day', cast({{ start_date }} as date), cast({{ end_date }} as date))
{%- endmacro %}

{% macro mysql__days_between(start_date, end_date) -%}
    datediff({{ end_date }}, {{ start_date }})
{%- endmacro %}

{% macro mariadb__days_between(start_date, end_date) -%}
    {{ return(customer_trends.mysql__days_between(start_date, end_date)) }}
{%- endmacro %}

{% macro spark__days_between(start_date, end_date) -%}
    datediff(cast({{ end_date }} as date), cast({{ start_date }} as date))
{%- endmacro %}

{#- Calendar months from the month of start_date to the month of end_date. -#}
{% macro months_between_months(start_date, end_date) -%}
    {{ return(adapter.dispatch('months_between_months', 'customer_trends')(start_date, end_date)) }}
{%- endmacro %}

{% macro default__months_between_months(start_date, end_date) -%}
    {{ exceptions.raise_compiler_error('months_between_months has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__months_between_months(start_date, end_date) -%}
    date_diff('month', cast({{ start_date }} as date), cast({{ end_date }} as date))
{%- endmacro %}

{% macro mysql__months_between_months(start_date, end_date) -%}
    period_diff(extract(year_month from {{ end_date }}), extract(year_month from {{ start_date }}))
{%- endmacro %}

{% macro mariadb__months_between_months(start_date, end_date) -%}
    {{ return(customer_trends.mysql__months_between_months(start_date, end_date)) }}
{%- endmacro %}

{% macro spark__months_between_months(start_date, end_date) -%}
    cast((year({{ end_date }}) - year({{ start_date }})) * 12 + month({{ end_date }}) - month({{ start_date }}) as bigint)
{%- endmacro %}

{#- Hours from start_time to end_time, with two decimals. -#}
{% macro hours_between(start_time, end_time) -%}
    {{ return(adapter.dispatch('hours_between', 'customer_trends')(start_time, end_time)) }}
{%- endmacro %}

{% macro default__hours_between(start_time, end_time) -%}
    {{ exceptions.raise_compiler_error('hours_between has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__hours_between(start_time, end_time) -%}
    {{ safe_divide("date_diff('second', " ~ start_time ~ ", " ~ end_time ~ ")", '3600', 2) }}
{%- endmacro %}

{% macro mysql__hours_between(start_time, end_time) -%}
    {{ safe_divide('timestampdiff(second, ' ~ start_time ~ ', ' ~ end_time ~ ')', '3600', 2) }}
{%- endmacro %}

{% macro mariadb__hours_between(start_time, end_time) -%}
    {{ return(customer_trends.mysql__hours_between(start_time, end_time)) }}
{%- endmacro %}

{% macro spark__hours_between(start_time, end_time) -%}
    {{ safe_divide('timestampdiff(second, ' ~ start_time ~ ', ' ~ end_time ~ ')', '3600', 2) }}
{%- endmacro %}
