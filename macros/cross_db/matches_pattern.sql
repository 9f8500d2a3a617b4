{#- True when the pattern matches the complete text (character classes and counts only, no back-slashes). -#}
{% macro matches_pattern(text, pattern) -%}
    {{ return(adapter.dispatch('matches_pattern', 'customer_trends')(text, pattern)) }}
{%- endmacro %}

{% macro default__matches_pattern(text, pattern) -%}
    {{ exceptions.raise_compiler_error('matches_pattern has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__matches_pattern(text, pattern) -%}
    regexp_full_match({{ text }}, '{{ pattern }}')
{%- endmacro %}

{% macro mysql__matches_pattern(text, pattern) -%}
    {{ text }} regexp '^({{ pattern }})\\z'
{%- endmacro %}

{% macro mariadb__matches_pattern(text, pattern) -%}
    {{ return(customer_trends.mysql__matches_pattern(text, pattern)) }}
{%- endmacro %}

{% macro spark__matches_pattern(text, pattern) -%}
    {{ text }} rlike '^({{ pattern }})\\z'
{%- endmacro %}
