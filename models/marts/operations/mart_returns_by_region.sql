{# Grain: one row per region. #}
select
    slice_name as region,
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
    is_small_cell
from {{ ref('int_returns_by_slice') }}
where slice_type = 'region'
