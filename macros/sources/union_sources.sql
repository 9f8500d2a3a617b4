{#- All staged rows of one entity over the source systems of this build. A source that lacks the entity adds
    nothing; when none has it the result is empty with the contract's columns and types. -#}
{% macro union_sources(entity) -%}
    {%- set columns = staging_contract()[entity] -%}
    {%- set systems = [] -%}
    {%- for source_system in var('source_systems') if entity in source_facts(source_system)['entities'] -%}
        {%- do systems.append(source_system) -%}
    {%- endfor -%}
    {%- for source_system in systems %}
select
    source_system,
    raw_table,
    {%- for column in columns %}
    {{ column[0] }},
    {%- endfor %}
    rejection_reason,
    rejected_column,
    {{ provenance() }}
from {{ ref('stg_' ~ source_system ~ '__' ~ entity) }}
{%- if not loop.last %}
union all
{%- endif %}
    {%- else %}
select
    cast(null as {{ type_text(100) }}) as source_system,
    cast(null as {{ type_text(100) }}) as raw_table,
    {%- for name, type_name, presence, meaning in columns %}
    cast(null as {{ contract_type(type_name) }}) as {{ name }},
    {%- endfor %}
    cast(null as {{ type_text(50) }}) as rejection_reason,
    cast(null as {{ type_text(100) }}) as rejected_column,
    cast(null as {{ type_text(50) }}) as _batch_id,
    cast(null as {{ type_text(500) }}) as _source_file,
    cast(null as {{ type_integer() }}) as _row_number,
    cast(null as {{ type_timestamp() }}) as _loaded_at
from (select 1 as one) as nothing
where 1 = 0
    {%- endfor %}
{%- endmacro %}
