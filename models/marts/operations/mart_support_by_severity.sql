{# Grain: one row per severity. #}
select
    slice_name as severity,
    tickets,
    complaint_tickets,
    open_tickets,
    resolved_tickets,
    overdue_tickets,
    resolved_in_time,
    sla_rate,
    average_first_response_hours,
    median_first_response_hours,
    percentile_90_first_response_hours,
    average_resolution_hours,
    median_resolution_hours,
    percentile_90_resolution_hours,
    complaints_without_order,
    customers,
    is_small_cell
from {{ ref('int_support_by_slice') }}
where slice_type = 'severity'
