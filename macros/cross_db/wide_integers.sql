{#- floor(total * part / total_weight) for whole numbers, exact however large the product is. -#}
{% macro proportional_floor(total, part, total_weight) -%}
    {{ return(adapter.dispatch('proportional_floor', 'customer_trends')(total, part, total_weight)) }}
{%- endmacro %}

{% macro default__proportional_floor(total, part, total_weight) -%}
    {{ exceptions.raise_compiler_error('proportional_floor has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__proportional_floor(total, part, total_weight) -%}
    cast((cast({{ total }} as hugeint) * {{ part }}) // {{ total_weight }} as bigint)
{%- endmacro %}

{% macro mysql__proportional_floor(total, part, total_weight) -%}
    cast((cast({{ total }} as decimal(30, 0)) * {{ part }}) div {{ total_weight }} as signed)
{%- endmacro %}

{% macro mariadb__proportional_floor(total, part, total_weight) -%}
    {{ return(customer_trends.mysql__proportional_floor(total, part, total_weight)) }}
{%- endmacro %}

{% macro spark__proportional_floor(total, part, total_weight) -%}
    cast((cast({{ total }} as decimal(19, 0)) * cast({{ part }} as decimal(19, 0))) div {{ total_weight }} as bigint)
{%- endmacro %}

{#- Remainder of total * part / total_weight for whole numbers, exact however large the product is. -#}
{% macro proportional_remainder(total, part, total_weight) -%}
    {{ return(adapter.dispatch('proportional_remainder', 'customer_trends')(total, part, total_weight)) }}
{%- endmacro %}

{% macro default__proportional_remainder(total, part, total_weight) -%}
    {{ exceptions.raise_compiler_error('proportional_remainder has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__proportional_remainder(total, part, total_weight) -%}
    cast((cast({{ total }} as hugeint) * {{ part }}) % {{ total_weight }} as bigint)
{%- endmacro %}

{% macro mysql__proportional_remainder(total, part, total_weight) -%}
    cast((cast({{ total }} as decimal(30, 0)) * {{ part }}) % {{ total_weight }} as signed)
{%- endmacro %}

{% macro mariadb__proportional_remainder(total, part, total_weight) -%}
    {{ return(customer_trends.mysql__proportional_remainder(total, part, total_weight)) }}
{%- endmacro %}

{% macro spark__proportional_remainder(total, part, total_weight) -%}
    cast((cast({{ total }} as decimal(19, 0)) * cast({{ part }} as decimal(19, 0))) % {{ total_weight }} as bigint)
{%- endmacro %}
