{#- Texts joined end to end. NULL in gives NULL out on every engine. -#}
{% macro concat_text(parts) -%}
    {{ return(adapter.dispatch('concat_text', 'customer_trends')(parts)) }}
{%- endmacro %}

{% macro default__concat_text(parts) -%}
    {{ exceptions.raise_compiler_error('concat_text has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__concat_text(parts) -%}
    {{ parts | join(' || ') }}
{%- endmacro %}

{% macro mysql__concat_text(parts) -%}
    concat({{ parts | join(', ') }})
{%- endmacro %}

{% macro mariadb__concat_text(parts) -%}
    {{ return(customer_trends.mysql__concat_text(parts)) }}
{%- endmacro %}

{% macro spark__concat_text(parts) -%}
    concat({{ parts | join(', ') }})
{%- endmacro %}
