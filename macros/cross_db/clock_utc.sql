{#- This moment, UTC without a zone, by the clock of the engine. Not for models: there "today" is data. -#}
{% macro clock_utc() -%}
    {{ return(adapter.dispatch('clock_utc', 'customer_trends')()) }}
{%- endmacro %}

{% macro default__clock_utc() -%}
    {{ exceptions.raise_compiler_error('clock_utc has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__clock_utc() -%}
    timezone('UTC', now())
{%- endmacro %}

{% macro mysql__clock_utc() -%}
    utc_timestamp(6)
{%- endmacro %}

{% macro mariadb__clock_utc() -%}
    {{ return(customer_trends.mysql__clock_utc()) }}
{%- endmacro %}

{% macro spark__clock_utc() -%}
    convert_timezone(current_timezone(), 'UTC', cast(current_timestamp() as timestamp_ntz))
{%- endmacro %}
