{# Grain: one row per customer, as the latest purchase shows the customer. #}
with

base as (

    select * from {{ ref('base_customer_profiles__purchases') }}

),

ranked as (

    select
        *,
        {{ latest_rank(['customer_id'], ['purchase_date']) }} as latest_rank
    from base
    where rejection_reason is null

),

renamed as (

    select
        customer_id,
        declared_age,
        gender,
        annual_income,
        spending_score,
        region,
        {{ no_rejection() }},
        {{ provenance() }}
    from ranked
    where latest_rank = 1

)

select
    {{ conformed_columns(
        'customers', 'customer_profiles',
        lacks=[
            'customer_name', 'email', 'phone', 'street_address', 'postal_code',
            'previous_purchase_count', 'purchase_frequency', 'registered_at_utc', 'updated_at_utc',
            'birth_date', 'segment', 'is_subscriber', 'country', 'state', 'city'
        ]
    ) }}
from renamed
