{# Grain: one row per order and status it entered, where the source gives the history. #}
with

events as (

    select * from {{ ref('int_order_status_events_screened') }}
    where row_outcome = 'accepted'

),

statuses as (

    select * from {{ ref('dim_order_statuses') }}

),

final as (

    select
        events.order_key,
        events.event_sequence,
        events.source_system,
        statuses.order_status_key,
        {{ hours_between(
            'events.changed_at_utc',
            'lead(events.changed_at_utc) over ('
            ~ 'partition by events.order_key order by events.event_sequence)'
        ) }} as hours_in_status,
        lead(events.event_sequence) over (
            partition by events.order_key
            order by events.event_sequence
        ) is null as is_latest,
        events.changed_at_utc
    from events
    left join statuses
        on events.order_status = statuses.order_status

)

select * from final
