{#- Values lie between `min_value` and `max_value`, both inclusive; a bound left out is not tested and NULL passes. -#}
{% test within_range(model, column_name, min_value=none, max_value=none) %}
    {%- set faults = [] -%}
    {%- if min_value is not none -%}
        {%- do faults.append(column_name ~ ' < ' ~ min_value) -%}
    {%- endif -%}
    {%- if max_value is not none -%}
        {%- do faults.append(column_name ~ ' > ' ~ max_value) -%}
    {%- endif -%}
    {%- if not faults -%}
        {{ exceptions.raise_compiler_error('within_range needs min_value or max_value') }}
    {%- endif -%}
select {{ column_name }}
from {{ model }}
where {{ faults | join(' or ') }}
{% endtest %}
