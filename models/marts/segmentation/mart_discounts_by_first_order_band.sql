{# Grain: one row per band of discount of the customer's first order. #}
select
    discount_band as first_order_band,
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
    repeat_customers,
    repeat_rate,
    is_small_cell
from {{ ref('int_discounts_by_slice') }}
where slice_type = 'first_order_band'
