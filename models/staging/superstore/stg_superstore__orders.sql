{# Grain: one row per order, taken from its lines. #}
with

base as (

    select * from {{ ref('base_superstore__orders') }}

),

ranked as (

    select
        *,
        {{ latest_rank(['order_id']) }} as latest_rank
    from base
    where rejection_reason is null

),

renamed as (

    select
        order_id,
        customer_id,
        order_local_date,
        shipped_local_date,
        shipping_method,
        -- The file holds completed sales only.
        'delivered' as order_status,
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
        'orders', 'superstore',
        lacks=[
            'ordered_at_utc', 'is_dst_adjusted', 'channel', 'payment_method', 'promotion_code',
            'season', 'is_discount_declared', 'order_discount_amount', 'shipping_amount',
            'tax_amount', 'header_total_amount', 'delivered_local_date'
        ]
    ) }}
from renamed
