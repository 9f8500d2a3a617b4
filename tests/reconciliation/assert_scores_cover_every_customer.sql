-- Every customer has a segment and a value, or the reason why not. Warns only: from a build until
-- the next scoring there may be customers that came since (November 2026).
{{ config(severity='warn') }}

{%- for table in ['ml_customer_segments', 'ml_customer_value', 'ml_order_value_predictions'] %}
select
    '{{ table }}' as score_table,
    customers.customer_key
from {{ ref('mart_customer_360') }} as customers
left join {{ source('ml', table) }} as scores
    on customers.customer_key = scores.customer_key
where
    scores.customer_key is null
    and exists (select 1 from {{ source('ml', table) }})
{% if not loop.last %}
union all
{% endif %}
{%- endfor %}
