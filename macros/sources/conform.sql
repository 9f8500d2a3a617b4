{#- Last select of a staging model: every column of the contract, in order and of its type, from a CTE.
    Columns that the source does not have are named in `lacks` and become typed NULLs.
    `raw_table` is the raw table whose rows this entity accounts for, none for entities derived from others. -#}
{% macro conform(entity, source_system, raw_table=none, lacks=[], from_cte='renamed') -%}
    {{- enable_with_source(source_system) -}}
    {%- set contract = staging_contract()[entity] %}
select
    '{{ source_system }}' as source_system,
    {% if raw_table is none %}cast(null as {{ type_text(100) }}){% else %}'{{ raw_table }}'{% endif %} as raw_table,
    {%- for name, type_name, presence, meaning in contract %}
    cast({{ 'null' if name in lacks else name }} as {{ contract_type(type_name) }}) as {{ name }},
    {%- endfor %}
    rejection_reason,
    rejected_column,
    _batch_id,
    _source_file,
    _row_number,
    _loaded_at
from {{ from_cte }}
{%- endmacro %}

{#- The columns by which a staged row is traced back to its file. -#}
{% macro provenance() -%}
    _batch_id,
    _source_file,
    _row_number,
    _loaded_at
{%- endmacro %}
