{# Grain: one row per order and status it entered, where the source tells the history. #}
with

events as (

    select * from {{ ref('int_order_status_events_screened') }}
    where row_outcome = 'accepted'

),

final as (

    select
        order_key,
        event_sequence,
        source_system,
        {{ shared_key('order_status', 'order_status') }} as order_status_key,
        {{ hours_between(
            'changed_at_utc',
            'lead(changed_at_utc) over (partition by order_key order by event_sequence)'
        ) }} as hours_in_status,
        lead(event_sequence) over (
            partition by order_key
            order by event_sequence
        ) is null as is_latest,
        changed_at_utc
    from events

)

select * from final
