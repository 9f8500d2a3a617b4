{#- A test of macros by known answers: returns the cases whose value is not the expected one, NULL equal to NULL.
    A case is [name, expression, expected expression]; both must be of one type. -#}
{% macro known_answers(cases) -%}
    {%- for name, expression, expected in cases %}
select
    '{{ name }}' as case_name,
    cast({{ expression }} as {{ type_text(200) }}) as actual_value,
    cast({{ expected }} as {{ type_text(200) }}) as expected_value
from (select 1 as one) as nothing
where
    case
        when ({{ expression }}) is null and ({{ expected }}) is null then 0
        when ({{ expression }}) = ({{ expected }}) then 0
        else 1
    end = 1
        {%- if not loop.last %}
union all
        {%- endif %}
    {%- endfor %}
{%- endmacro %}
