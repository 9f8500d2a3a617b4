{# Grain: one row per day from the first one of the business. #}
select
    calendar_date,
    sales_after_discount,
    orders,
    baseline_days,
    expected_sales,
    median_absolute_deviation,
    robust_z,
    relative_change,
    anomaly_status,
    direction
from {{ ref('int_sales_anomalies_by_slice') }}
where slice_type = 'all'
