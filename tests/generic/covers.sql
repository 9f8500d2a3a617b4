{#- Each of `values` occurs in the column at least once; with `exactly` nothing else does. Texts are quoted, numbers not. -#}
{% test covers(model, column_name, values, exactly=false) %}
with

expected as (

    {% for value in values -%}
    select {{ "'" ~ dbt.escape_single_quotes(value) ~ "'" if value is string else value }} as expected_value
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

),

found as (

    select distinct {{ column_name }} as found_value
    from {{ model }}
    where {{ column_name }} is not null

)

select expected.expected_value as differing_value
from expected
left join found
    on expected.expected_value = found.found_value
where found.found_value is null
{%- if exactly %}

union all

select found.found_value as differing_value
from found
left join expected
    on found.found_value = expected.expected_value
where expected.expected_value is null
{%- endif %}
{% endtest %}
