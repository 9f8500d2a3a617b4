{#- The columns of a staging model: every column of the contract, in order and of its type, each of the name that
    the contract gives it. Columns that the source does not have are named in `lacks` and become typed NULLs.
    `raw_table` is the raw table whose rows this entity accounts for, none for entities derived from others.
    Switches the model on only in builds that read the source system. -#}
{% macro conformed_columns(entity, source_system, raw_table=none, lacks=[]) -%}
    {{- enable_with_source(source_system) -}}
    {%- set contract = staging_contract()[entity] -%}
    '{{ source_system }}' as source_system,
    {% if raw_table is none %}cast(null as {{ type_text(100) }}){% else %}'{{ raw_table }}'{% endif %} as raw_table,
    {%- for name, type_name, presence, meaning in contract %}
    cast({{ 'null' if name in lacks else name }} as {{ contract_type(type_name) }}) as {{ name }},
    {%- endfor %}
    rejection_reason,
    rejected_column,
    {{ provenance() }}
{%- endmacro %}

{#- The columns by which a staged row is traced back to its file. -#}
{% macro provenance() -%}
    _batch_id,
    _source_file,
    _row_number,
    _loaded_at
{%- endmacro %}
