-- Each series has one forecast to publish per month.
select
    series_level,
    region,
    category,
    month_start_date
from {{ source('ml', 'ml_sales_forecast') }}
group by 1, 2, 3, 4
having sum(case when is_champion then 1 else 0 end) <> 1
