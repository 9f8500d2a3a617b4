{# Grain: one row per customer: the only place with names, addresses and dates of birth. #}
with

customers as (

    select * from {{ ref('int_customers_unified') }}

),

final as (

    select
        customer_key,
        customer_name,
        email,
        phone,
        street_address,
        postal_code,
        city,
        birth_date
    from customers

)

select * from final
