{#- A whole small dimension: the distinct values of a column and its reserved members.
    `members` is a list of [key, name]. -#}
{% macro small_dimension(name, relation, column, members=[[-1, 'Unknown']]) -%}
with

names as (

    select distinct {{ column }} as member_name
    from {{ relation }}
    where {{ column }} is not null

),

final as (

    select
        {{ shared_key(name, 'member_name') }} as {{ name }}_key,
        member_name as {{ column }}
    from names
    {% for key, member_name in members %}
    union all

    select
        {{ key }} as {{ name }}_key,
        '{{ member_name }}' as {{ column }}
    {% endfor %}
)

select * from final
{%- endmacro %}
