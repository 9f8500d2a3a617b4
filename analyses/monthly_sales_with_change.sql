{# How do sales develop from month to month? One row per month; change_on_month_before and
   change_on_year_before are shares (0.1 is ten per cent more). They are NULL where there is nothing
   to compare with, and growth_status says why; a month that is not over is compared with the same
   days of the month before, in change_on_same_days. #}
select
    month_start_date,
    orders,
    customers,
    sales_after_discount,
    returns_ev,
    net_sales_ev,
    aov as average_order_value,
    mom_abs as change_amount,
    mom_pct as change_on_month_before,
    same_days_pct as change_on_same_days,
    yoy_pct as change_on_year_before,
    growth_status,
    net_sales_ev_year_to_date,
    is_complete
from {{ ref('mart_sales_monthly') }}
where
    slice_type = 'all'
    and not is_undated
order by month_start_date
