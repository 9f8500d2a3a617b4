{#- Text without outer blanks and with single inner blanks; '' becomes NULL. Blanks are the six of ASCII: engines
    disagree on whether a no-break space is one. -#}
{% macro clean_text(text) -%}
    {{ return(adapter.dispatch('clean_text', 'customer_trends')(text)) }}
{%- endmacro %}

{% macro default__clean_text(text) -%}
    {{ exceptions.raise_compiler_error('clean_text has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__clean_text(text) -%}
    nullif(trim(regexp_replace({{ text }}, '[ \t\n\x0B\f\r]+', ' ', 'g')), '')
{%- endmacro %}

{% macro mysql__clean_text(text) -%}
    nullif(trim(regexp_replace({{ text }}, '[ \\t\\n\\x0B\\f\\r]+', ' ')), '')
{%- endmacro %}

{% macro mariadb__clean_text(text) -%}
    {{ return(customer_trends.mysql__clean_text(text)) }}
{%- endmacro %}

{% macro spark__clean_text(text) -%}
    nullif(trim(regexp_replace({{ text }}, '[ \\t\\n\\x0B\\f\\r]+', ' ')), '')
{%- endmacro %}
