{# Grain: one row per band of discount, by the depth of the discount of the order. #}
select
    discount_band as depth_band,
    sort_order,
    orders,
    customers,
    units_sold,
    gross_sales,
    discounts,
    sales_after_discount,
    net_sales_by_order_date,
    returns_by_order_date,
    discount_rate,
    average_order_value,
    units_per_order,
    return_rate_value,
    is_small_cell
from {{ ref('int_discounts_by_slice') }}
where slice_type = 'depth_band'
