{# Grain: one row per category and day, from the day of its first sale or return. #}
select
    calendar_date,
    slice_name as category,
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
where slice_type = 'category'
