{# Grain: one row per kpi_id, over all time. #}
select
    kpi_id,
    kpi_name,
    unit,
    kpi_value,
    target_value,
    kpi_status
from {{ ref('int_kpi_by_period') }}
where period_type = 'all'
