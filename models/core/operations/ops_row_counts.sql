{# Grain: one row per raw table and batch: where its rows went. #}
{%- set entities = accounted_entities() %}
{%- set raw_tables = accounted_raw_tables() %}
with

raw_rows as (

    {# Loops, because the raw tables and entities depend on the source systems of the build. #}
    {% for source_system, raw_table in raw_tables -%}
    select
        '{{ source_system }}' as source_system,
        '{{ raw_table }}' as raw_table,
        _batch_id as batch_id,
        count(*) as raw_count
    from {{ source(source_system, raw_table) }}
    group by 1, 2, 3
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
),

screened as (

    {% for entity in entities | map(attribute=1) | unique -%}
    select
        source_system,
        raw_table,
        _batch_id as batch_id,
        row_outcome
    from {{ ref('int_' ~ entity ~ '_screened') }}
    where raw_table is not null
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
),

outcomes as (

    select
        source_system,
        raw_table,
        batch_id,
        sum(case when row_outcome = 'accepted' then 1 else 0 end) as accepted_count,
        sum(case when row_outcome = 'quarantined' then 1 else 0 end) as quarantined_count,
        sum(case when row_outcome = 'duplicate' then 1 else 0 end) as duplicate_count
    from screened
    group by 1, 2, 3

),

final as (

    select
        raw_rows.source_system,
        raw_rows.raw_table,
        raw_rows.batch_id,
        cast(raw_rows.raw_count as {{ type_integer() }}) as raw_count,
        cast(coalesce(outcomes.accepted_count, 0) as {{ type_integer() }}) as accepted_count,
        cast(coalesce(outcomes.quarantined_count, 0) as {{ type_integer() }}) as quarantined_count,
        cast(coalesce(outcomes.duplicate_count, 0) as {{ type_integer() }}) as duplicate_count
    from raw_rows
    left join outcomes
        on
            raw_rows.source_system = outcomes.source_system
            and raw_rows.raw_table = outcomes.raw_table
            and raw_rows.batch_id = outcomes.batch_id

)

select * from final
