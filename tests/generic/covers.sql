{#- Each of `values` occurs in the column at least once; with `exactly` nothing else does. Texts are quoted, numbers not. -#}
{% test covers(model, column_name, values, exactly=false) %}
    {%- set literals = [] -%}
    {%- for value in values -%}
        {%- do literals.append("'" ~ dbt.escape_single_quotes(value) ~ "'" if value is string else value) -%}
    {%- endfor -%}
    {%- for literal in literals %}
select {{ literal }} as differing_value
from {{ model }}
having coalesce(sum(case when {{ column_name }} = {{ literal }} then 1 else 0 end), 0) = 0
{% if not loop.last or exactly %}
union all
{% endif %}
    {%- endfor %}
    {%- if exactly %}
select distinct {{ column_name }} as differing_value
from {{ model }}
where {{ column_name }} not in ({{ literals | join(', ') }})
    {%- endif %}
{% endtest %}
