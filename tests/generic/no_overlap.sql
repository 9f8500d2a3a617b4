{#- The versions of a key follow each other without a gap or an overlap: each interval from `valid_from` up to but
    not including `valid_to` is not empty and ends where the next one begins. With `allow_gaps` it may end earlier. -#}
{% test no_overlap(model, key, valid_from, valid_to, allow_gaps=false) %}
with

versions as (

    select
        {{ key }},
        {{ valid_from }},
        {{ valid_to }},
        lead({{ valid_from }}) over (
            partition by {{ key }}
            order by {{ valid_from }}, {{ valid_to }}
        ) as next_valid_from
    from {{ model }}

)

select *
from versions
where
    {{ valid_from }} >= {{ valid_to }}
    or next_valid_from {{ '<' if allow_gaps else '<>' }} {{ valid_to }}
{% endtest %}
