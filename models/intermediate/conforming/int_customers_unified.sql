{# Grain: one row per customer: every accepted customer, and inferred ones that only an order or a
   return names. #}
with

accepted as (

    select * from {{ ref('int_customers_screened') }}
    where row_outcome = 'accepted'

),

named as (

    select
        source_system,
        customer_id
    from {{ ref('int_orders_screened') }}
    where
        row_outcome = 'accepted'
        and customer_id is not null

    union

    select
        source_system,
        customer_id
    from {{ ref('int_returns_screened') }}
    where
        row_outcome = 'accepted'
        and customer_id is not null

    union

    select
        source_system,
        customer_id
    from accepted

),

states as (

    select * from {{ ref('states') }}

),

final as (

    select
        {{ surrogate_key(['named.source_system', 'named.customer_id']) }} as customer_key,
        named.source_system,
        named.customer_id,
        accepted.customer_name,
        accepted.email,
        accepted.phone,
        accepted.street_address,
        accepted.postal_code,
        accepted.birth_date,
        accepted.declared_age,
        accepted.gender,
        accepted.annual_income,
        accepted.spending_score,
        accepted.segment,
        coalesce(accepted.is_subscriber, false) as is_subscriber,
        accepted.previous_purchase_count,
        accepted.purchase_frequency,
        accepted.country,
        coalesce(accepted.region, states.region) as region,
        coalesce(states.state, accepted.state) as state,
        accepted.city,
        accepted.registered_at_utc,
        accepted.updated_at_utc,
        accepted.customer_id is null as is_inferred
    from named
    left join accepted
        on
            named.source_system = accepted.source_system
            and named.customer_id = accepted.customer_id
    left join states
        on
            accepted.country = states.country
            and accepted.state = states.state_text

)

select * from final
