{# Do discounts bring customers who stay? Two blocks of bands. depth_band: orders by the depth of
   their discount; if average_order_value and units_per_order do not rise with it, the discount gave money away.
   first_order_band: customers by the discount of their first order; a repeat_rate that falls with
   depth says that deep discounts bring bargain hunters. #}
select
    slice_type,
    sort_order,
    slice_name as discount_band,
    orders,
    customers,
    sales_after_discount,
    discount_rate,
    average_order_value,
    units_per_order,
    return_rate_value,
    repeat_rate
from {{ ref('mart_discounts') }}
order by slice_type, sort_order
