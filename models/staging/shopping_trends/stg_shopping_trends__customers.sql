{# Grain: one row per customer. #}
with

base as (

    select * from {{ ref('base_shopping_trends__purchases') }}

),

ranked as (

    select
        *,
        {{ latest_rank(['customer_id']) }} as latest_rank
    from base
    where rejection_reason is null

),

renamed as (

    select
        customer_id,
        declared_age,
        previous_purchase_count,
        purchase_frequency,
        gender,
        is_subscriber,
        'United States' as country,
        state,
        {{ no_rejection() }},
        {{ provenance() }}
    from ranked
    where latest_rank = 1

)

select
    {{ conformed_columns(
        'customers', 'shopping_trends',
        lacks=[
            'customer_name', 'email', 'phone', 'street_address', 'postal_code', 'registered_at_utc',
            'updated_at_utc', 'birth_date', 'annual_income', 'spending_score', 'segment', 'region',
            'city'
        ]
    ) }}
from renamed
