{# Where do goods come back most? One row per category, the highest return rate first. Rates judge
   only orders whose returns window is over, so mature_units says on how much they rest;
   immature_units may still come back. #}
select
    category,
    orders,
    units_sold,
    returned_units,
    mature_units,
    immature_units,
    return_rate_units,
    return_rate_value,
    returns_by_order_date as returned_value
from {{ ref('mart_returns_by_category') }}
order by return_rate_value desc, category asc
