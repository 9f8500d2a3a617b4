{# Grain: one row per category and rank; the best products of each over all time. #}
select
    category,
    category_rank,
    product_key,
    product_name,
    units_sold,
    orders,
    net_sales_by_order_date,
    share_of_category,
    is_tied_at_cut
from {{ ref('int_top_products_by_period') }}
where period_type = 'all'
