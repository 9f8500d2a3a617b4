{# Grain: one row per customer, as the latest order shows the customer. #}
with

base as (

    select * from {{ ref('base_superstore__orders') }}

),

ranked as (

    select
        *,
        {{ latest_rank(['customer_id'], ['order_local_date', 'line_number']) }} as latest_rank
    from base
    where
        rejection_reason is null
        and customer_id is not null

),

renamed as (

    select
        customer_id,
        customer_name,
        postal_code,
        segment,
        country,
        region,
        state,
        city,
        {{ no_rejection() }},
        {{ provenance() }}
    from ranked
    where latest_rank = 1

)

select
    {{ conformed_columns(
        'customers', 'superstore',
        lacks=[
            'email', 'phone', 'street_address', 'declared_age', 'previous_purchase_count',
            'purchase_frequency', 'registered_at_utc', 'updated_at_utc', 'gender', 'birth_date',
            'annual_income', 'spending_score', 'is_subscriber'
        ]
    ) }}
from renamed
