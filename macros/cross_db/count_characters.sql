{#- Number of characters (not bytes) of a text. -#}
{% macro count_characters(text) -%}
    {{ return(adapter.dispatch('count_characters', 'customer_trends')(text)) }}
{%- endmacro %}

{% macro default__count_characters(text) -%}
    {{ exceptions.raise_compiler_error('count_characters has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__count_characters(text) -%}
    length({{ text }})
{%- endmacro %}

{% macro mysql__count_characters(text) -%}
    char_length({{ text }})
{%- endmacro %}

{% macro mariadb__count_characters(text) -%}
    {{ return(customer_trends.mysql__count_characters(text)) }}
{%- endmacro %}

{% macro spark__count_characters(text) -%}
    char_length({{ text }})
{%- endmacro %}
