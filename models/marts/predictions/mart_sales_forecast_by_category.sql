{# Grain: one row per category, month and model. #}
select
    category,
    model,
    reason,
    horizon,
    actual_sales,
    forecast,
    lower_80,
    upper_80,
    lower_95,
    upper_95,
    is_forecast,
    is_champion,
    month_start_date,
    data_cutoff
from {{ ref('int_sales_forecast_by_slice') }}
where series_level = 'category'
