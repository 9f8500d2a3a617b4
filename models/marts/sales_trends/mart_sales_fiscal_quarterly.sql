{# Grain: one row per fiscal quarter; one more row, without a date, holds sales and returns without
   a date. #}
select
    case when not is_undated then period_start_date end as fiscal_quarter_start_date,
    period_end_date as fiscal_quarter_end_date,
    period_name as fiscal_quarter_name,
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
where period_type = 'fiscal_quarter'
