{# Which raw rows were not accepted, and how can they be fixed? One row per table and reason, the
   most frequent first, with one row as an example. share_of_raw_rows is the share in all raw rows
   of the table. Nothing was dropped: every such row is kept complete in ops_quarantine. #}
with

rejected as (

    select
        source_system,
        raw_table,
        row_outcome,
        reason_code,
        fix,
        count(*) as row_count,
        max(source_row_number) as example_row_number
    from {{ ref('ops_quarantine') }}
    group by 1, 2, 3, 4, 5

),

raw_rows as (

    select
        source_system,
        raw_table,
        sum(raw_count) as raw_count
    from {{ ref('ops_row_counts') }}
    group by 1, 2

)

select
    rejected.source_system,
    rejected.raw_table,
    rejected.row_outcome,
    rejected.reason_code,
    rejected.row_count,
    {{ safe_divide('rejected.row_count', 'raw_rows.raw_count', 6) }} as share_of_raw_rows,
    rejected.fix,
    rejected.example_row_number
from rejected
inner join raw_rows
    on
        rejected.source_system = raw_rows.source_system
        and rejected.raw_table = raw_rows.raw_table
order by 5 desc, 1 asc, 2 asc, 4 asc
