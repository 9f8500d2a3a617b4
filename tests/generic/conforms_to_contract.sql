{#- A staging model keeps the contract of its entity: it has the columns of the contract and the standard columns around
    them, in order, and a row that is not rejected has a source system and a value in every key and required column.
    One row per fault. -#}
{% test conforms_to_contract(model, entity) %}
    {%- set contract = staging_contract()[entity] -%}
    {%- set expected = ['source_system', 'raw_table'] -%}
    {%- for column in contract -%}
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
    {%- set empty = ['source_system is null'] -%}
    {%- for column in contract if column[2] != 'optional' -%}
        {%- do empty.append('(rejection_reason is null and ' ~ column[0] ~ ' is null)') -%}
    {%- endfor -%}
    {%- if faults %}
        {%- for name, fault in faults %}
select
    '{{ name }}' as place,
    '{{ fault }}' as fault
{% if not loop.last %}
union all
{% endif %}
        {%- endfor %}
    {%- else %}
select
    {{ concat_text(["_batch_id", "' '", "coalesce(_source_file, '')", "' '", "cast(_row_number as " ~ type_text(20) ~ ")"]) }}
        as place,
    'a key or a required column is empty' as fault
from {{ model }}
where {{ empty | join(' or ') }}
    {%- endif %}
{% endtest %}
