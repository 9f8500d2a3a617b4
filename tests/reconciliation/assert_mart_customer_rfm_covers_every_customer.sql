{# One row in each method version for each customer of dim_customers but the reserved members, and
   no others. #}
with

versions as (

    select distinct method_version
    from {{ ref('mart_customer_rfm') }}

)

select
    customers.customer_key,
    versions.method_version
from {{ ref('dim_customers') }} as customers
cross join versions
left join {{ ref('mart_customer_rfm') }} as rfm
    on
        customers.customer_key = rfm.customer_key
        and versions.method_version = rfm.method_version
where
    (not customers.is_reserved and rfm.customer_key is null)
    or (customers.is_reserved and rfm.customer_key is not null)

union all

-- Without any row there would be no version to look at.
select
    customers.customer_key,
    null as method_version
from {{ ref('dim_customers') }} as customers
left join {{ ref('mart_customer_rfm') }} as rfm
    on customers.customer_key = rfm.customer_key
where
    not customers.is_reserved
    and rfm.customer_key is null

union all

select
    rfm.customer_key,
    rfm.method_version
from {{ ref('mart_customer_rfm') }} as rfm
left join {{ ref('dim_customers') }} as customers
    on rfm.customer_key = customers.customer_key
where customers.customer_key is null
