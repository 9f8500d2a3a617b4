{# Grain: one row per raw status that an order entered. #}
with

source as (

    select * from {{ source('shop', 'order_status_history') }}

),

renamed as (

    select
        trim(both ' ' from order_id) as order_id,
        {{ to_integer_or_null('status_sequence') }} as event_sequence,
        lower(trim(both ' ' from order_status)) as order_status,
        {{ to_timestamp_or_null('changed_at') }} as changed_at_utc,
        {{ rejection(
            keys=['order_id', 'status_sequence'],
            required=['order_status', 'changed_at'],
            timestamps=['changed_at'],
            integers=['status_sequence']
        ) }},
        {{ provenance() }}
    from source

)

select
    {{ conformed_columns('order_status_events', 'shop', raw_table='order_status_history') }}
from renamed
