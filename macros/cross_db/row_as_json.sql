{#- A row of a relation as one JSON text: an object of the named columns, NULL kept. -#}
{% macro row_as_json(columns, relation) -%}
    {{ return(adapter.dispatch('row_as_json', 'customer_trends')(columns, relation)) }}
{%- endmacro %}

{% macro default__row_as_json(columns, relation) -%}
    {{ exceptions.raise_compiler_error('row_as_json has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__row_as_json(columns, relation) -%}
    cast(json_object(
        {%- for column in columns %}
        '{{ column }}', {{ relation }}.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    ) as varchar)
{%- endmacro %}

{#- json_object would sort the columns, and lay them out differently on each server. -#}
{% macro mysql__row_as_json(columns, relation) -%}
    concat(
        {%- for column in columns %}
        '{{ '{' if loop.first else ',' }}"{{ column }}":', coalesce(cast(json_quote({{ relation }}.{{ column }}) as char), 'null'),
        {%- endfor %}
        '}'
    )
{%- endmacro %}

{% macro mariadb__row_as_json(columns, relation) -%}
    {{ return(customer_trends.mysql__row_as_json(columns, relation)) }}
{%- endmacro %}

{% macro spark__row_as_json(columns, relation) -%}
    to_json(named_struct(
        {%- for column in columns %}
        '{{ column }}', {{ relation }}.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    ), map('ignoreNullFields', 'false'))
{%- endmacro %}
