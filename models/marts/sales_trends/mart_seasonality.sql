{# Grain: one row per month of the year. #}
select
    month_of_year,
    complete_months,
    complete_years,
    seasonality_index,
    index_status,
    average_sales_after_discount
from {{ ref('int_seasonality_by_slice') }}
where slice_type = 'all'
