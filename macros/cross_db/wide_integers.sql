{#- floor(total * part / whole) for whole numbers, exact however large the product is. -#}
{% macro proportional_floor(total, part, whole) -%}
    {{ return(adapter.dispatch('proportional_floor', 'customer_trends')(total, part, whole)) }}
{%- endmacro %}

{% macro default__proportional_floor(total, part, whole) -%}
    {{ exceptions.raise_compiler_error('proportional_floor has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__proportional_floor(total, part, whole) -%}
    cast((cast({{ total }} as hugeint) * {{ part }}) // {{ whole }} as bigint)
{%- endmacro %}

{% macro mysql__proportional_floor(total, part, whole) -%}
    cast((cast({{ total }} as decimal(30, 0)) * {{ part }}) div {{ whole }} as signed)
{%- endmacro %}

{% macro mariadb__proportional_floor(total, part, whole) -%}
    {{ return(customer_trends.mysql__proportional_floor(total, part, whole)) }}
{%- endmacro %}

{% macro spark__proportional_floor(total, part, whole) -%}
    cast((cast({{ total }} as decimal(19, 0)) * cast({{ part }} as decimal(19, 0))) div {{ whole }} as bigint)
{%- endmacro %}

{#- Remainder of total * part / whole for whole numbers, exact however large the product is. -#}
{% macro proportional_remainder(total, part, whole) -%}
    {{ return(adapter.dispatch('proportional_remainder', 'customer_trends')(total, part, whole)) }}
{%- endmacro %}

{% macro default__proportional_remainder(total, part, whole) -%}
    {{ exceptions.raise_compiler_error('proportional_remainder has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__proportional_remainder(total, part, whole) -%}
    cast((cast({{ total }} as hugeint) * {{ part }}) % {{ whole }} as bigint)
{%- endmacro %}

{% macro mysql__proportional_remainder(total, part, whole) -%}
    cast((cast({{ total }} as decimal(30, 0)) * {{ part }}) % {{ whole }} as signed)
{%- endmacro %}

{% macro mariadb__proportional_remainder(total, part, whole) -%}
    {{ return(customer_trends.mysql__proportional_remainder(total, part, whole)) }}
{%- endmacro %}

{% macro spark__proportional_remainder(total, part, whole) -%}
    cast((cast({{ total }} as decimal(19, 0)) * cast({{ part }} as decimal(19, 0))) % {{ whole }} as bigint)
{%- endmacro %}
