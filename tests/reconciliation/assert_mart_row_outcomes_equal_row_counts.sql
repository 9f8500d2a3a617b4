{# The outcomes of a raw table add up to its rows, each kind to what was counted. #}
{%- set outcomes = ['accepted', 'quarantined', 'duplicate'] %}
with

outcomes as (

    select
        source_system,
        raw_table,
        {%- for outcome in outcomes %}
        sum(case when row_outcome = '{{ outcome }}' then row_count else 0 end)
            as {{ outcome }}_count,
        {%- endfor %}
        sum(row_count) as raw_count
    from {{ ref('mart_row_outcomes') }}
    group by 1, 2

),

row_counts as (

    select
        source_system,
        raw_table,
        {%- for outcome in outcomes %}
        sum({{ outcome }}_count) as {{ outcome }}_count,
        {%- endfor %}
        sum(raw_count) as raw_count
    from {{ ref('ops_row_counts') }}
    group by 1, 2

)

select
    row_counts.source_system,
    row_counts.raw_table
from row_counts
left join outcomes
    on
        row_counts.source_system = outcomes.source_system
        and row_counts.raw_table = outcomes.raw_table
where
    row_counts.raw_count <> coalesce(outcomes.raw_count, -1)
    {%- for outcome in outcomes %}
    or row_counts.{{ outcome }}_count <> outcomes.{{ outcome }}_count
    {%- endfor %}
