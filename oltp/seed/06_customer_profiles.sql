select
    customer_id,
    annual_income,
    spending_score
from raw_customers
where annual_income is not null or spending_score is not null
order by cast(customer_id as bigint)
