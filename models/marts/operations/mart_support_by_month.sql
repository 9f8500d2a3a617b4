{# Grain: one row per month_start_date of opening with a ticket; without a date it is NULL. #}
select
    case when cast(slice_name as date) > {{ unknown_date() }} then cast(slice_name as date) end
        as month_start_date,
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
    orders,
    complaint_rate_per_1000,
    complaints_without_order,
    customers,
    is_small_cell,
    cast(slice_name as date) = {{ unknown_date() }} as is_undated
from {{ ref('int_support_by_slice') }}
where slice_type = 'month'
