-- The home of each customer, and each other place that had goods of the customer sent to.
with

homes as (

    select
        customer_id,
        street_address,
        postal_code,
        city,
        state,
        country,
        1 as is_home
    from raw_customers

),

other_places as (

    select distinct
        raw_orders.customer_id,
        cast(null as varchar) as street_address,
        raw_orders.ship_postal_code as postal_code,
        raw_orders.ship_city as city,
        raw_orders.ship_state as state,
        raw_orders.ship_country as country,
        0 as is_home
    from raw_orders
    left join homes
        on raw_orders.customer_id = homes.customer_id
        and raw_orders.ship_postal_code = homes.postal_code
        and raw_orders.ship_city = homes.city
        and raw_orders.ship_state = homes.state
        and raw_orders.ship_country = homes.country
    where homes.customer_id is null

)

select
    row_number() over (
        order by is_home desc, cast(customer_id as bigint) nulls last, country, state, city, postal_code
    ) as address_id,
    *
from (
    from homes
    union all
    from other_places
) as places
order by address_id
