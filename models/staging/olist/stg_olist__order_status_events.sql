{# Grain: one row per step whose time the order row has: created, approved, shipped, delivered. #}
{%- set zone = source_time_zone('olist') %}
with

source as (

    select
        trim(both ' ' from order_id) as order_id,
        {{ to_timestamp_or_null('order_purchase_timestamp') }} as created_at,
        {{ to_timestamp_or_null('order_approved_at') }} as approved_at,
        {{ to_timestamp_or_null('order_delivered_carrier_date') }} as shipped_at,
        {{ to_timestamp_or_null('order_delivered_customer_date') }} as delivered_at,
        {{ provenance() }}
    from {{ source('olist', 'orders') }}

),

renamed as (

    select
        order_id,
        1 as event_sequence,
        'created' as order_status,
        {{ local_to_utc('created_at', zone) }} as changed_at_utc,
        {{ no_rejection() }},
        {{ provenance() }}
    from source
    where created_at is not null

    union all

    select
        order_id,
        2 as event_sequence,
        'approved' as order_status,
        {{ local_to_utc('approved_at', zone) }} as changed_at_utc,
        {{ no_rejection() }},
        {{ provenance() }}
    from source
    where approved_at is not null

    union all

    select
        order_id,
        3 as event_sequence,
        'shipped' as order_status,
        {{ local_to_utc('shipped_at', zone) }} as changed_at_utc,
        {{ no_rejection() }},
        {{ provenance() }}
    from source
    where shipped_at is not null

    union all

    select
        order_id,
        4 as event_sequence,
        'delivered' as order_status,
        {{ local_to_utc('delivered_at', zone) }} as changed_at_utc,
        {{ no_rejection() }},
        {{ provenance() }}
    from source
    where delivered_at is not null

)

select
    {{ conformed_columns('order_status_events', 'olist') }}
from renamed
