select
    customer_id,
    first_name,
    last_name,
    email,
    phone,
    gender,
    birth_date,
    segment,
    registered_at,
    updated_at
from raw_customers
order by cast(customer_id as bigint)
