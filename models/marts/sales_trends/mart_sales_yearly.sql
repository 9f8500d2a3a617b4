{# Grain: one row per year; one more row, without a date, holds sales and returns without a
   date. #}
select
    case when not is_undated then period_start_date end as year_start_date,
    period_end_date as year_end_date,
    period_name as year_name,
    units_sold,
    gross_sales,
    discounts,
    sales_after_discount,
    returns,
    returns_by_order_date,
    net_sales,
    net_sales_by_order_date,
    orders,
    customers,
    average_order_value,
    prior_net_sales,
    absolute_change,
    relative_change,
    growth_status,
    prior_year_net_sales,
    year_over_year_growth,
    yearly_growth_status,
    is_complete,
    is_undated
from {{ ref('int_sales_periods_compared') }}
where period_type = 'year'
