{# Grain: one row per source_system, raw_table, row_outcome and reason_code. #}
with

row_counts as (

    select
        source_system,
        raw_table,
        sum(raw_count) as raw_count,
        sum(accepted_count) as accepted_count
    from {{ ref('ops_row_counts') }}
    group by 1, 2

),

rejected as (

    select * from {{ ref('ops_quarantine') }}

),

outcomes as (

    select
        source_system,
        raw_table,
        'accepted' as row_outcome,
        'none' as reason_code,
        accepted_count as row_count,
        'The row is in the core.' as reason,
        'Nothing to do.' as fix
    from row_counts

    union all

    select
        source_system,
        raw_table,
        row_outcome,
        reason_code,
        count(*) as row_count,
        reason,
        fix
    from rejected
    group by 1, 2, 3, 4, 6, 7

),

final as (

    select
        outcomes.source_system,
        outcomes.raw_table,
        outcomes.row_outcome,
        outcomes.reason_code,
        cast(outcomes.row_count as {{ type_integer() }}) as row_count,
        {{ safe_divide('outcomes.row_count', 'row_counts.raw_count') }} as share_of_rows,
        outcomes.reason,
        outcomes.fix
    from outcomes
    inner join row_counts
        on
            outcomes.source_system = row_counts.source_system
            and outcomes.raw_table = row_counts.raw_table

)

select * from final
