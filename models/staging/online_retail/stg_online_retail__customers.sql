{# Grain: one row per customer; eight customers moved country, the latest invoice counts. #}
with

base as (

    select * from {{ ref('base_online_retail__invoice_lines') }}

),

ranked as (

    select
        *,
        {{ latest_rank(['customer_id'], ['invoiced_at_local']) }} as latest_rank
    from base
    where
        rejection_reason is null
        and customer_id is not null

),

renamed as (

    select
        customer_id,
        country,
        country as region,
        {{ no_rejection() }},
        {{ provenance() }}
    from ranked
    where latest_rank = 1

)

select
    {{ conformed_columns(
        'customers', 'online_retail',
        lacks=[
            'customer_name', 'email', 'phone', 'street_address', 'postal_code', 'declared_age',
            'previous_purchase_count', 'purchase_frequency', 'registered_at_utc', 'updated_at_utc',
            'gender', 'birth_date', 'annual_income', 'spending_score', 'segment', 'is_subscriber',
            'state', 'city'
        ]
    ) }}
from renamed
