{# Grain: one row per purchase. #}
with

base as (

    select * from {{ ref('base_customer_profiles__purchases') }}

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
        purchase_date as order_local_date,
        'delivered' as order_status,
        region,
        {{ no_rejection() }},
        {{ provenance() }}
    from ranked
    where latest_rank = 1

)

select
    {{ conformed_columns(
        'orders', 'customer_profiles',
        lacks=[
            'ordered_at_utc', 'is_dst_adjusted', 'channel', 'payment_method', 'shipping_method',
            'promotion_code', 'season', 'is_discount_declared', 'order_discount_amount',
            'shipping_amount', 'tax_amount', 'header_total_amount', 'shipped_local_date',
            'delivered_local_date', 'country', 'state', 'city'
        ]
    ) }}
from renamed
