{#- The columns of an entity's contract as a select list, each read from `relation`, less those in `except`. -#}
{% macro contract_columns(entity, relation, except=[]) -%}
    {%- for column in staging_contract()[entity] if column[0] not in except %}
        {{ relation }}.{{ column[0] }}{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- The columns that trace a screened row back to its raw row. -#}
{% macro traced_columns(relation) -%}
        {{ relation }}.source_system,
        {{ relation }}.raw_table,
        {{ relation }}._batch_id,
        {{ relation }}._source_file,
        {{ relation }}._row_number,
        {{ relation }}._loaded_at
{%- endmacro %}
