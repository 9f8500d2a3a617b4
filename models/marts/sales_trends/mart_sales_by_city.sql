{# Grain: one row per city with a counted order. #}
select
    country,
    region,
    state,
    city,
    latitude,
    longitude,
    top_category_1,
    top_category_1_share,
    top_category_2,
    top_category_2_share,
    top_category_3,
    top_category_3_share,
    orders,
    customers,
    units_sold,
    sales_after_discount,
    net_sales_by_order_date,
    average_order_value,
    share_of_total,
    is_small_cell
from {{ ref('int_sales_by_place_level') }}
where place_level = 'city'
