{# Grain: one row per customer: the one purchase of the survey, without a date. #}
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
        customer_id as order_id,
        customer_id,
        'delivered' as order_status,
        payment_method,
        shipping_method,
        season,
        is_discount_declared,
        'United States' as country,
        state,
        {{ no_rejection() }},
        {{ provenance() }}
    from ranked
    where latest_rank = 1

)

select
    {{ conformed_columns(
        'orders', 'shopping_trends',
        lacks=[
            'ordered_at_utc', 'order_local_date', 'is_dst_adjusted', 'channel', 'promotion_code',
            'order_discount_amount', 'shipping_amount', 'tax_amount', 'header_total_amount',
            'shipped_local_date', 'delivered_local_date', 'region', 'city'
        ]
    ) }}
from renamed
