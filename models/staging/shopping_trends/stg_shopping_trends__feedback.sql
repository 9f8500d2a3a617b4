{# Grain: one row per customer: the review of the purchase, with or without a rating. #}
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
        customer_id as feedback_id,
        customer_id,
        customer_id as order_id,
        product_id,
        'review' as feedback_type,
        rating,
        {{ no_rejection() }},
        {{ provenance() }}
    from ranked
    where latest_rank = 1

)

select
    {{ conformed_columns(
        'feedback', 'shopping_trends',
        lacks=['has_comment', 'submitted_local_date']
    ) }}
from renamed
