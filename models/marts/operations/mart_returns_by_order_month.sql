{# Grain: one row per month_start_date of the order; what has no date is in the month NULL. #}
select
    case when cast(slice_name as date) > {{ unknown_date() }} then cast(slice_name as date) end
        as month_start_date,
    orders,
    customers,
    units_sold,
    returned_units,
    sales_after_discount,
    returns_by_order_date,
    mature_units,
    mature_returned_units,
    immature_units,
    mature_sales,
    mature_returns,
    return_rate_units,
    return_rate_value,
    is_small_cell,
    cast(slice_name as date) = {{ unknown_date() }} as is_undated
from {{ ref('int_returns_by_slice') }}
where slice_type = 'order_month'
