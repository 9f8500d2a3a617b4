{# Grain: one row per raw support ticket. #}
with

source as (

    select * from {{ source('shop', 'support_tickets') }}

),

renamed as (

    select
        {{ clean_text('ticket_id') }} as ticket_id,
        {{ clean_text('customer_id') }} as customer_id,
        {{ clean_text('order_id') }} as order_id,
        lower(trim(both ' ' from ticket_type)) as ticket_type,
        lower(trim(both ' ' from severity)) as severity,
        {{ to_timestamp_or_null('opened_at') }} as opened_at_utc,
        cast(
            {{ utc_to_local(to_timestamp_or_null('opened_at'), source_time_zone('shop')) }} as date
        ) as opened_local_date,
        {{ to_timestamp_or_null('first_response_at') }} as first_response_at_utc,
        {{ to_timestamp_or_null('resolved_at') }} as resolved_at_utc,
        {{ rejection(
            keys=['ticket_id'],
            required=['ticket_type', 'opened_at'],
            timestamps=['opened_at', 'first_response_at', 'resolved_at']
        ) }},
        {{ provenance() }}
    from source

)

select
    {{ conformed_columns('support_tickets', 'shop', raw_table='support_tickets') }}
from renamed
