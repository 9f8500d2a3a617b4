{# Grain: one row per kpi_id and month. #}
select
    kpi_id,
    period_start_date as month_start_date,
    kpi_name,
    unit,
    kpi_value,
    prior_value,
    target_value,
    kpi_status,
    is_complete
from {{ ref('int_kpi_by_period') }}
where period_type = 'month'
