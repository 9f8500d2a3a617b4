{# Warns, since 2026-11, because bad rows are a fact of life that someone should look at:
   ops_quarantine keeps them complete and says how to fix them. Duplicates are no fault of a row. #}
{{ config(severity='warn') }}
select
    source_system,
    entity,
    reason_code,
    rejected_column,
    count(*) as row_count
from {{ ref('ops_quarantine') }}
where row_outcome = 'quarantined'
group by 1, 2, 3, 4
