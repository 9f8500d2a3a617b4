{# Grain: one row per month that has a month before, and region. #}
select
    month_start_date,
    slice_name as region,
    prior_net_sales,
    net_sales,
    absolute_change,
    share_of_change,
    volume_effect,
    mix_effect,
    price_effect,
    new_effect,
    returns_effect,
    residual,
    is_complete
from {{ ref('int_sales_change_drivers') }}
where slice_type = 'region'
