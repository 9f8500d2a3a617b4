{# Grain: one row, of all time up to as_of_date. #}
select
    run_context.as_of_date,
    slices.tickets,
    slices.complaint_tickets,
    slices.open_tickets,
    slices.resolved_tickets,
    slices.overdue_tickets,
    slices.resolved_in_time,
    slices.sla_rate,
    slices.average_first_response_hours,
    slices.median_first_response_hours,
    slices.percentile_90_first_response_hours,
    slices.average_resolution_hours,
    slices.median_resolution_hours,
    slices.percentile_90_resolution_hours,
    slices.orders,
    slices.complaint_rate_per_1000,
    slices.complaints_without_order,
    slices.customers
from {{ ref('int_support_by_slice') }} as slices
cross join {{ ref('run_context') }} as run_context
where slices.slice_type = 'all'
