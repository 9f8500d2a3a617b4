{# The rows kept complete in ops_quarantine are as many as ops_row_counts says were not accepted. #}
with

counted as (

    select
        source_system,
        raw_table,
        batch_id,
        quarantined_count + duplicate_count as rejected_count
    from {{ ref('ops_row_counts') }}

),

kept as (

    select
        source_system,
        raw_table,
        batch_id,
        count(*) as kept_count
    from {{ ref('ops_quarantine') }}
    where raw_record is not null
    group by 1, 2, 3

)

select
    counted.source_system,
    counted.raw_table,
    counted.batch_id,
    counted.rejected_count,
    kept.kept_count
from counted
left join kept
    on
        counted.source_system = kept.source_system
        and counted.raw_table = kept.raw_table
        and counted.batch_id = kept.batch_id
where counted.rejected_count <> coalesce(kept.kept_count, 0)
