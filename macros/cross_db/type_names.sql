{#- Type of a text of at most `length` characters, for casts. -#}
{% macro type_text(length=255) -%}
    {{ return(adapter.dispatch('type_text', 'customer_trends')(length)) }}
{%- endmacro %}

{% macro default__type_text(length) -%}
    {{ exceptions.raise_compiler_error('type_text has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__type_text(length) -%}
    varchar
{%- endmacro %}

{% macro mysql__type_text(length) -%}
    char({{ length }})
{%- endmacro %}

{% macro mariadb__type_text(length) -%}
    {{ return(customer_trends.mysql__type_text(length)) }}
{%- endmacro %}

{% macro spark__type_text(length) -%}
    string
{%- endmacro %}

{#- Type of a whole number of 64 bits, for casts. -#}
{% macro type_integer() -%}
    {{ return(adapter.dispatch('type_integer', 'customer_trends')()) }}
{%- endmacro %}

{% macro default__type_integer() -%}
    {{ exceptions.raise_compiler_error('type_integer has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__type_integer() -%}
    bigint
{%- endmacro %}

{% macro mysql__type_integer() -%}
    signed
{%- endmacro %}

{% macro mariadb__type_integer() -%}
    {{ return(customer_trends.mysql__type_integer()) }}
{%- endmacro %}

{% macro spark__type_integer() -%}
    bigint
{%- endmacro %}

{#- Type of an exact decimal number, for casts. -#}
{% macro type_decimal(precision=18, scale=4) -%}
    {{ return(adapter.dispatch('type_decimal', 'customer_trends')(precision, scale)) }}
{%- endmacro %}

{% macro default__type_decimal(precision, scale) -%}
    {{ exceptions.raise_compiler_error('type_decimal has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__type_decimal(precision, scale) -%}
    decimal({{ precision }}, {{ scale }})
{%- endmacro %}

{% macro mysql__type_decimal(precision, scale) -%}
    decimal({{ precision }}, {{ scale }})
{%- endmacro %}

{% macro mariadb__type_decimal(precision, scale) -%}
    {{ return(customer_trends.mysql__type_decimal(precision, scale)) }}
{%- endmacro %}

{% macro spark__type_decimal(precision, scale) -%}
    decimal({{ precision }}, {{ scale }})
{%- endmacro %}

{#- Type of a truth value, for casts. -#}
{% macro type_boolean() -%}
    {{ return(adapter.dispatch('type_boolean', 'customer_trends')()) }}
{%- endmacro %}

{% macro default__type_boolean() -%}
    {{ exceptions.raise_compiler_error('type_boolean has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__type_boolean() -%}
    boolean
{%- endmacro %}

{% macro mysql__type_boolean() -%}
    signed
{%- endmacro %}

{% macro mariadb__type_boolean() -%}
    {{ return(customer_trends.mysql__type_boolean()) }}
{%- endmacro %}

{% macro spark__type_boolean() -%}
    boolean
{%- endmacro %}

{#- Type of a point in time without a zone, for casts. -#}
{% macro type_timestamp() -%}
    {{ return(adapter.dispatch('type_timestamp', 'customer_trends')()) }}
{%- endmacro %}

{% macro default__type_timestamp() -%}
    {{ exceptions.raise_compiler_error('type_timestamp has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__type_timestamp() -%}
    timestamp
{%- endmacro %}

{% macro mysql__type_timestamp() -%}
    datetime(6)
{%- endmacro %}

{% macro mariadb__type_timestamp() -%}
    {{ return(customer_trends.mysql__type_timestamp()) }}
{%- endmacro %}

{% macro spark__type_timestamp() -%}
    timestamp_ntz
{%- endmacro %}
