{# Grain: one row per subscriber; the survey has neither plan nor dates. #}
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
        customer_id as subscription_id,
        customer_id,
        {{ no_rejection() }},
        {{ provenance() }}
    from ranked
    where
        latest_rank = 1
        and is_subscriber

)

select
    {{ conformed_columns(
        'subscriptions', 'shopping_trends',
        lacks=['plan_name', 'monthly_fee_amount', 'started_local_date', 'ended_local_date']
    ) }}
from renamed
