{#- The date so many days later; earlier when days is negative. -#}
{% macro add_days(date, days) -%}
    {{ return(adapter.dispatch('add_days', 'customer_trends')(date, days)) }}
{%- endmacro %}

{% macro default__add_days(date, days) -%}
    {{ exceptions.raise_compiler_error('add_days has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__add_days(date, days) -%}
    cast(cast({{ date }} as date) + to_days(cast({{ days }} as integer)) as date)
{%- endmacro %}

{% macro mysql__add_days(date, days) -%}
    date_add({{ date }}, interval ({{ days }}) day)
{%- endmacro %}

{% macro mariadb__add_days(date, days) -%}
    {{ return(customer_trends.mysql__add_days(date, days)) }}
{%- endmacro %}

{% macro spark__add_days(date, days) -%}
    date_add(cast({{ date }} as date), cast({{ days }} as int))
{%- endmacro %}

{#- The date so many months later, clipped to the last day of a shorter month. -#}
{% macro add_months(date, months) -%}
    {{ return(adapter.dispatch('add_months', 'customer_trends')(date, months)) }}
{%- endmacro %}

{% macro default__add_months(date, months) -%}
    {{ exceptions.raise_compiler_error('add_months has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__add_months(date, months) -%}
    cast(cast({{ date }} as date) + to_months(cast({{ months }} as integer)) as date)
{%- endmacro %}

{% macro mysql__add_months(date, months) -%}
    date_add({{ date }}, interval ({{ months }}) month)
{%- endmacro %}

{% macro mariadb__add_months(date, months) -%}
    {{ return(customer_trends.mysql__add_months(date, months)) }}
{%- endmacro %}

{% macro spark__add_months(date, months) -%}
    add_months(cast({{ date }} as date), cast({{ months }} as int))
{%- endmacro %}

{#- The point in time so many hours later. -#}
{% macro add_hours(time, hours) -%}
    {{ return(adapter.dispatch('add_hours', 'customer_trends')(time, hours)) }}
{%- endmacro %}

{% macro default__add_hours(time, hours) -%}
    {{ exceptions.raise_compiler_error('add_hours has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__add_hours(time, hours) -%}
    {{ time }} + to_hours({{ hours }})
{%- endmacro %}

{% macro mysql__add_hours(time, hours) -%}
    date_add({{ time }}, interval ({{ hours }}) hour)
{%- endmacro %}

{% macro mariadb__add_hours(time, hours) -%}
    {{ return(customer_trends.mysql__add_hours(time, hours)) }}
{%- endmacro %}

{% macro spark__add_hours(time, hours) -%}
    cast(timestampadd(hour, {{ hours }}, {{ time }}) as timestamp_ntz)
{%- endmacro %}
