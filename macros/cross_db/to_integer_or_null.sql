{#- A whole number read from text ('12', '-3', '4.0'); anything else is NULL, never 0. -#}
{% macro to_integer_or_null(text) -%}
    {{ return(adapter.dispatch('to_integer_or_null', 'customer_trends')(text)) }}
{%- endmacro %}

{% macro default__to_integer_or_null(text) -%}
    {{ exceptions.raise_compiler_error('to_integer_or_null has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__to_integer_or_null(text) -%}
    try_cast(case when regexp_full_match(trim({{ text }}, ' '), '[+-]?[0-9]{1,15}([.]0*)?') then trim({{ text }}, ' ') end as bigint)
{%- endmacro %}

{% macro mysql__to_integer_or_null(text) -%}
    cast(case when trim({{ text }}) regexp '^([+-]?[0-9]{1,15}([.]0*)?)\\z' then cast(trim({{ text }}) as decimal(20, 0)) end as signed)
{%- endmacro %}

{% macro mariadb__to_integer_or_null(text) -%}
    {{ return(customer_trends.mysql__to_integer_or_null(text)) }}
{%- endmacro %}

{% macro spark__to_integer_or_null(text) -%}
    try_cast(case when trim({{ text }}) rlike '^([+-]?[0-9]{1,15}([.]0*)?)\\z' then split(trim({{ text }}), '[.]')[0] end as bigint)
{%- endmacro %}
