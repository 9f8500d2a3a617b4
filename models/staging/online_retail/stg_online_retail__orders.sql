{# Grain: one row per invoice that is a sale. #}
with

base as (

    select * from {{ ref('base_online_retail__invoice_lines') }}

),

ranked as (

    select
        *,
        {{ latest_rank(['invoice_id']) }} as latest_rank
    from base
    where
        rejection_reason is null
        and invoice_type = 'sale'

),

renamed as (

    select
        invoice_id as order_id,
        customer_id,
        {{ local_to_utc('invoiced_at_local', source_time_zone('online_retail')) }}
            as ordered_at_utc,
        cast(invoiced_at_local as date) as order_local_date,
        {{ is_clock_change('invoiced_at_local', source_time_zone('online_retail')) }}
            as is_dst_adjusted,
        -- An invoice is written when the goods leave.
        'delivered' as order_status,
        'web' as channel,
        country,
        -- The shop reports by country; it has no finer regions.
        country as region,
        {{ no_rejection() }},
        {{ provenance() }}
    from ranked
    where latest_rank = 1

)

select
    {{ conformed_columns(
        'orders', 'online_retail',
        lacks=[
            'payment_method', 'shipping_method', 'promotion_code', 'season', 'is_discount_declared',
            'order_discount_amount', 'shipping_amount', 'tax_amount', 'header_total_amount',
            'shipped_local_date', 'delivered_local_date', 'state', 'city'
        ]
    ) }}
from renamed
