{# Grain: one row per year and rank; the best customers of each year. #}
select
    period_start_date as year_start_date,
    customer_rank,
    customer_key,
    region,
    age_group,
    segment,
    orders,
    units_sold,
    sales_after_discount,
    net_sales_by_order_date,
    average_order_value,
    share_of_total,
    is_tied_at_cut
from {{ ref('int_top_customers_by_period') }}
where period_type = 'year'
