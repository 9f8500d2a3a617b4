{#- A decimal number read from text ('12.50', '.5', '-3'); anything else is NULL, never 0. At most 14 digits stand before the point. -#}
{% macro to_decimal_or_null(text, scale=4) -%}
    {{ return(adapter.dispatch('to_decimal_or_null', 'customer_trends')(text, scale)) }}
{%- endmacro %}

{% macro default__to_decimal_or_null(text, scale) -%}
    {{ exceptions.raise_compiler_error('to_decimal_or_null has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__to_decimal_or_null(text, scale) -%}
    try_cast(case when regexp_full_match(trim({{ text }}, ' '), '[+-]?([0-9]{1,14}([.][0-9]*)?|[.][0-9]+)') then trim({{ text }}, ' ') end as decimal(18, {{ scale }}))
{%- endmacro %}

{% macro mysql__to_decimal_or_null(text, scale) -%}
    cast(case when trim({{ text }}) regexp '^([+-]?([0-9]{1,14}([.][0-9]*)?|[.][0-9]+))\\z' then trim({{ text }}) end as decimal(18, {{ scale }}))
{%- endmacro %}

{% macro mariadb__to_decimal_or_null(text, scale) -%}
    {{ return(customer_trends.mysql__to_decimal_or_null(text, scale)) }}
{%- endmacro %}

{% macro spark__to_decimal_or_null(text, scale) -%}
    try_cast(case when trim({{ text }}) rlike '^([+-]?([0-9]{1,14}([.][0-9]*)?|[.][0-9]+))\\z' then trim({{ text }}) end as decimal(18, {{ scale }}))
{%- endmacro %}
