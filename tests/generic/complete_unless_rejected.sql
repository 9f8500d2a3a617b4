{#- Rows that are not rejected have a value in every key and required column of their contract. -#}
{% test complete_unless_rejected(model, entity) %}
    {%- set conditions = [] -%}
    {%- for column in staging_contract()[entity] if column[2] != 'optional' -%}
        {%- do conditions.append(column[0] ~ ' is null') -%}
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
