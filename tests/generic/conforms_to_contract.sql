{#- A staging model has the columns of its entity's contract and the standard columns around them,
    in order. One row per column that is missing, not expected or out of place. -#}
{% test conforms_to_contract(model, entity) %}
    {%- set expected = ['source_system', 'raw_table'] -%}
    {%- for column in staging_contract()[entity] -%}
        {%- do expected.append(column[0]) -%}
    {%- endfor -%}
    {%- do expected.extend([
        'rejection_reason', 'rejected_column',
        '_batch_id', '_source_file', '_row_number', '_loaded_at'
    ]) -%}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for column in adapter.get_columns_in_relation(model) -%}
            {%- do found.append(column.name | lower) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set faults = [] -%}
    {%- for name in expected if name not in found -%}
        {%- do faults.append([name, 'missing']) -%}
    {%- endfor -%}
    {%- for name in found if name not in expected -%}
        {%- do faults.append([name, 'not in the contract']) -%}
    {%- endfor -%}
    {%- if not faults -%}
        {%- for name in expected -%}
            {%- if found[loop.index0] != name -%}
                {%- do faults.append([name, 'out of place']) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- for name, fault in faults %}
select
    '{{ name }}' as column_name,
    '{{ fault }}' as fault
{% if not loop.last %}
union all
{% endif %}
    {%- else %}
select
    'none' as column_name,
    'none' as fault
from (select 1 as one) as nothing
where 1 = 0
    {%- endfor %}
{% endtest %}
