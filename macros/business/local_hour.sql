{#- Hour of the day, 0 to 23, of a time in UTC by the clock of its source system; NULL where the time is NULL. -#}
{% macro local_hour(time, source_system) -%}
    cast(case
        when {{ time }} is null then null
        {%- for name in var('source_systems') %}
        when {{ source_system }} = '{{ name }}' then hour({{ utc_to_local(time, source_time_zone(name)) }})
        {%- endfor %}
    end as {{ type_integer() }})
{%- endmacro %}
