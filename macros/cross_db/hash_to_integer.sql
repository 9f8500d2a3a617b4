{#- The first 60 bits of the SHA-256 of a text, as a whole number. -#}
{% macro hash_to_integer(text) -%}
    {{ return(adapter.dispatch('hash_to_integer', 'customer_trends')(text)) }}
{%- endmacro %}

{% macro default__hash_to_integer(text) -%}
    {{ exceptions.raise_compiler_error('hash_to_integer has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__hash_to_integer(text) -%}
    cast('0x' || substr(sha256({{ text }}), 1, 15) as bigint)
{%- endmacro %}

{% macro mysql__hash_to_integer(text) -%}
    cast(conv(substr(sha2({{ text }}, 256), 1, 15), 16, 10) as signed)
{%- endmacro %}

{% macro mariadb__hash_to_integer(text) -%}
    {{ return(customer_trends.mysql__hash_to_integer(text)) }}
{%- endmacro %}

{% macro spark__hash_to_integer(text) -%}
    cast(conv(substr(sha2({{ text }}, 256), 1, 15), 16, 10) as bigint)
{%- endmacro %}
