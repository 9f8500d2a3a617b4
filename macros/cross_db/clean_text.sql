{#- Text without outer blanks and with single inner blanks; '' becomes NULL. -#}
{% macro clean_text(text) -%}
    {{ return(adapter.dispatch('clean_text', 'customer_trends')(text)) }}
{%- endmacro %}

{% macro default__clean_text(text) -%}
    {{ exceptions.raise_compiler_error('clean_text has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__clean_text(text) -%}
    nullif(trim(regexp_replace({{ text }}, '\s+', ' ', 'g')), '')
{%- endmacro %}

{% macro mysql__clean_text(text) -%}
    nullif(trim(regexp_replace({{ text }}, '[[:space:]]+', ' ')), '')
{%- endmacro %}

{% macro mariadb__clean_text(text) -%}
    {{ return(customer_trends.mysql__clean_text(text)) }}
{%- endmacro %}

{% macro spark__clean_text(text) -%}
    nullif(trim(regexp_replace({{ text }}, '\\s+', ' ')), '')
{%- endmacro %}
