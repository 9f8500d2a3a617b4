{# One row in the mart of each method for each customer of dim_customers but the reserved members,
   and no others. #}
{%- set marts = ['mart_customer_rfm', 'mart_customer_rfm_threshold_1'] %}
{% for mart in marts -%}
select
    customers.customer_key,
    '{{ mart }}' as mart
from {{ ref('dim_customers') }} as customers
left join {{ ref(mart) }} as rfm
    on customers.customer_key = rfm.customer_key
where
    (not customers.is_reserved and rfm.customer_key is null)
    or (customers.is_reserved and rfm.customer_key is not null)

union all

select
    rfm.customer_key,
    '{{ mart }}' as mart
from {{ ref(mart) }} as rfm
left join {{ ref('dim_customers') }} as customers
    on rfm.customer_key = customers.customer_key
where customers.customer_key is null
{% if not loop.last %}
union all

{% endif %}
{%- endfor %}
