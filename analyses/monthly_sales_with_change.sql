{# How do sales develop from month to month? One row per month; change_on_month_before and
   change_on_year_before are shares (0.1 is ten per cent more). They are NULL where there is nothing
   to compare with, and growth_status says why; a month that is not over is compared with the same
   days of the month before, in change_on_same_days. #}
select
    month_start_date,
    orders,
    customers,
    sales_after_discount,
    returns,
    net_sales,
    average_order_value,
    month_over_month_change as change_amount,
    month_over_month_growth as change_on_month_before,
    same_days_growth as change_on_same_days,
    year_over_year_growth as change_on_year_before,
    growth_status,
    net_sales_year_to_date,
    is_complete
from {{ ref('mart_sales_monthly') }}
where not is_undated
order by month_start_date
