{# Grain: one row, of all time up to as_of_date. #}
select
    run_context.as_of_date,
    slices.orders,
    slices.customers,
    slices.units_sold,
    slices.returned_units,
    slices.sales_after_discount,
    slices.returns_by_order_date,
    slices.mature_units,
    slices.mature_returned_units,
    slices.immature_units,
    slices.mature_sales,
    slices.mature_returns,
    slices.return_rate_units,
    slices.return_rate_value
from {{ ref('int_returns_by_slice') }} as slices
cross join {{ ref('run_context') }} as run_context
where slices.slice_type = 'all'
