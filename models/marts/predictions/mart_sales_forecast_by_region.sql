{# Grain: one row per region, month and model. #}
select
    region,
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
where series_level = 'region'
