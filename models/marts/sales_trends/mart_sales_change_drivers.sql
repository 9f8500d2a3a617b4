{# Grain: one row per month that has a month before. #}
select
    month_start_date,
    prior_net_sales,
    net_sales,
    absolute_change,
    volume_effect,
    mix_effect,
    price_effect,
    new_effect,
    returns_effect,
    residual,
    is_complete
from {{ ref('int_sales_change_drivers') }}
where slice_type = 'all'
