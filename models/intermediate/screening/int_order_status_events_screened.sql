{# Grain: one row per staged status event, good or bad, with its outcome. #}
with

staged as (

    {{ union_sources('order_status_events') | indent(4) }}

),

rejected_orders as (

    select distinct
        source_system,
        order_id
    from {{ ref('int_orders_screened') }}
    where row_outcome = 'quarantined'

),

judged as (

    select
        staged.source_system,
        staged.raw_table,
        staged._batch_id,
        staged._source_file,
        staged._row_number,
        staged._loaded_at,
        staged.order_id,
        staged.event_sequence,
        staged.changed_at_utc,
        orders.order_key,
        status_map.order_status,
        {{ first_failed_rule(order_lookup_rules() + [
            [
                'status_unmapped', 'order_status',
                "coalesce(status_map.order_status, 'unknown') = 'unknown'"
            ]
        ], judged_before='staged') }}
    from staged
    left join {{ ref('int_orders_screened') }} as orders
        on
            staged.source_system = orders.source_system
            and staged.order_id = orders.order_id
            and orders.row_outcome = 'accepted'
    left join rejected_orders
        on
            staged.source_system = rejected_orders.source_system
            and staged.order_id = rejected_orders.order_id
    left join {{ ref('order_status_map') }} as status_map
        on staged.order_status = status_map.raw_status

),

final as (

    select
        *,
        {{ row_outcome(['order_id', 'event_sequence']) }}
    from judged

)

select * from final
