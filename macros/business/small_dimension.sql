{#- A complete small dimension: the distinct values of a column and its reserved members.
    `members` is a list of [key, name]; rows of the relation that do not meet `condition` name nobody. -#}
{% macro small_dimension(name, relation, column, members=[[-1, 'Unknown']], condition='1 = 1') -%}
with

names as (

    select distinct {{ column }} as member_name
    from {{ relation }}
    where
        {{ column }} is not null
        and {{ condition }}

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
