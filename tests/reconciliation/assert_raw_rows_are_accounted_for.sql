{# Every raw row is accepted, quarantined or a duplicate: nothing is lost between raw and core. #}
select *
from {{ ref('ops_row_counts') }}
where raw_count <> accepted_count + quarantined_count + duplicate_count
