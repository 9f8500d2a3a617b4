{# One row for each customer of dim_customers but the reserved members, and no others. #}
select
    customers.customer_key,
    rfm.customer_key as rfm_customer_key
from {{ ref('dim_customers') }} as customers
left join {{ ref('mart_customer_rfm') }} as rfm
    on customers.customer_key = rfm.customer_key
where
    (not customers.is_reserved and rfm.customer_key is null)
    or (customers.is_reserved and rfm.customer_key is not null)

union all

select
    customers.customer_key,
    rfm.customer_key as rfm_customer_key
from {{ ref('mart_customer_rfm') }} as rfm
left join {{ ref('dim_customers') }} as customers
    on rfm.customer_key = customers.customer_key
where customers.customer_key is null
