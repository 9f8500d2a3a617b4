{# The version that is valid now says the same of a customer as dim_customers. #}
select customers.customer_key
from {{ ref('dim_customers') }} as customers
left join {{ ref('dim_customers_history') }} as versions
    on
        customers.customer_key = versions.customer_key
        and versions.is_current
where
    versions.customer_key is null
    or customers.gender <> versions.gender
    or customers.segment <> versions.segment
    or customers.region <> versions.region
    or customers.state <> versions.state
    or coalesce(customers.annual_income, -1) <> coalesce(versions.annual_income, -1)
    or coalesce(customers.spending_score, -1) <> coalesce(versions.spending_score, -1)
    or customers.is_subscriber <> versions.is_subscriber
