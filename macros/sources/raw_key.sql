{#- A key of a raw table by which rows of others are looked up: a text of at most 200 characters, as MariaDB
    can look up no longer one. -#}
{% macro raw_key(column) -%}
    cast({{ column }} as {{ type_text(200) }})
{%- endmacro %}
