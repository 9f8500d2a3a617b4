{#- First day of the month of a date. -#}
{% macro start_of_month(date) -%}
    {{ return(adapter.dispatch('start_of_month', 'customer_trends')(date)) }}
{%- endmacro %}

{% macro default__start_of_month(date) -%}
    {{ exceptions.raise_compiler_error('start_of_month has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__start_of_month(date) -%}
    cast(date_trunc('month', cast({{ date }} as date)) as date)
{%- endmacro %}

{% macro mysql__start_of_month(date) -%}
    cast(date_format({{ date }}, '%Y-%m-01') as date)
{%- endmacro %}

{% macro mariadb__start_of_month(date) -%}
    {{ return(customer_trends.mysql__start_of_month(date)) }}
{%- endmacro %}

{% macro spark__start_of_month(date) -%}
    cast(trunc(cast({{ date }} as date), 'MM') as date)
{%- endmacro %}

{#- Last day of the month of a date. -#}
{% macro end_of_month(date) -%}
    {{ return(adapter.dispatch('end_of_month', 'customer_trends')(date)) }}
{%- endmacro %}

{% macro default__end_of_month(date) -%}
    {{ exceptions.raise_compiler_error('end_of_month has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__end_of_month(date) -%}
    last_day(cast({{ date }} as date))
{%- endmacro %}

{% macro mysql__end_of_month(date) -%}
    last_day({{ date }})
{%- endmacro %}

{% macro mariadb__end_of_month(date) -%}
    {{ return(customer_trends.mysql__end_of_month(date)) }}
{%- endmacro %}

{% macro spark__end_of_month(date) -%}
    last_day(cast({{ date }} as date))
{%- endmacro %}

{#- Day of the week, 1 for Monday to 7 for Sunday. -#}
{% macro iso_day_of_week(date) -%}
    {{ return(adapter.dispatch('iso_day_of_week', 'customer_trends')(date)) }}
{%- endmacro %}

{% macro default__iso_day_of_week(date) -%}
    {{ exceptions.raise_compiler_error('iso_day_of_week has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__iso_day_of_week(date) -%}
    cast(isodow(cast({{ date }} as date)) as bigint)
{%- endmacro %}

{% macro mysql__iso_day_of_week(date) -%}
    cast(weekday({{ date }}) + 1 as signed)
{%- endmacro %}

{% macro mariadb__iso_day_of_week(date) -%}
    {{ return(customer_trends.mysql__iso_day_of_week(date)) }}
{%- endmacro %}

{% macro spark__iso_day_of_week(date) -%}
    cast(weekday(cast({{ date }} as date)) + 1 as bigint)
{%- endmacro %}

{#- ISO 8601 week number, 1 to 53. -#}
{% macro iso_week(date) -%}
    {{ return(adapter.dispatch('iso_week', 'customer_trends')(date)) }}
{%- endmacro %}

{% macro default__iso_week(date) -%}
    {{ exceptions.raise_compiler_error('iso_week has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__iso_week(date) -%}
    cast(week(cast({{ date }} as date)) as bigint)
{%- endmacro %}

{% macro mysql__iso_week(date) -%}
    cast(week({{ date }}, 3) as signed)
{%- endmacro %}

{% macro mariadb__iso_week(date) -%}
    {{ return(customer_trends.mysql__iso_week(date)) }}
{%- endmacro %}

{% macro spark__iso_week(date) -%}
    cast(weekofyear(cast({{ date }} as date)) as bigint)
{%- endmacro %}

{#- A date as the whole number yyyymmdd. -#}
{% macro date_key(date) -%}
    {{ return(adapter.dispatch('date_key', 'customer_trends')(date)) }}
{%- endmacro %}

{% macro default__date_key(date) -%}
    {{ exceptions.raise_compiler_error('date_key has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__date_key(date) -%}
    cast(year({{ date }}) * 10000 + month({{ date }}) * 100 + day({{ date }}) as bigint)
{%- endmacro %}

{% macro mysql__date_key(date) -%}
    cast(year({{ date }}) * 10000 + month({{ date }}) * 100 + day({{ date }}) as signed)
{%- endmacro %}

{% macro mariadb__date_key(date) -%}
    {{ return(customer_trends.mysql__date_key(date)) }}
{%- endmacro %}

{% macro spark__date_key(date) -%}
    cast(year({{ date }}) * 10000 + month({{ date }}) * 100 + day({{ date }}) as bigint)
{%- endmacro %}
