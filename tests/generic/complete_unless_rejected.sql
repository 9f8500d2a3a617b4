{#- Rows that are not rejected have a value in every key and required column of their entity's contract. -#}
{% test complete_unless_rejected(model, entity) %}
    {%- set conditions = [] -%}
    {%- for name, type_name, presence, meaning in staging_contract()[entity] if presence != 'optional' -%}
        {%- do conditions.append(name ~ ' is null') -%}
    {%- endfor %}
select
    _batch_id,
    _source_file,
    _row_number
from {{ model }}
where
    rejection_reason is null
    and ({{ conditions | join(' or ') }})
{% endtest %}
