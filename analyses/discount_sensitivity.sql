{# Do discounts bring customers who stay? Two blocks of bands. depth_band: orders by the depth of
   their discount; if average_order_value and units_per_order do not rise with it, the discount gave money away.
   first_order_band: customers by the discount of their first order; a repeat_rate that falls with
   depth says that deep discounts bring bargain hunters. #}
select
    'depth_band' as banded_by,
    sort_order,
    depth_band as discount_band,
    orders,
    customers,
    sales_after_discount,
    discount_rate,
    average_order_value,
    units_per_order,
    return_rate_value,
    cast(null as {{ type_decimal(18, 6) }}) as repeat_rate
from {{ ref('mart_discounts_by_depth_band') }}

union all

select
    'first_order_band' as banded_by,
    sort_order,
    first_order_band as discount_band,
    orders,
    customers,
    sales_after_discount,
    discount_rate,
    average_order_value,
    units_per_order,
    return_rate_value,
    repeat_rate
from {{ ref('mart_discounts_by_first_order_band') }}
order by 1, 2
