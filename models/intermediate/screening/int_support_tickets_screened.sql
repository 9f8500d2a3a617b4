{# Grain: one row per staged support ticket, good or bad, with its outcome. #}
with

staged as (

    {{ union_sources('support_tickets') | indent(4) }}

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
        staged.ticket_id,
        staged.customer_id,
        staged.order_id,
        staged.ticket_type,
        staged.severity,
        staged.opened_at_utc,
        staged.opened_local_date,
        staged.first_response_at_utc,
        staged.resolved_at_utc,
        orders.order_key,
        {{ first_failed_rule(order_lookup_rules() + [
            ['value_out_of_range', 'severity', "staged.severity not in ('low', 'medium', 'high')"],
            [
                'invalid_date', 'first_response_at',
                'staged.first_response_at_utc < staged.opened_at_utc'
            ],
            ['invalid_date', 'resolved_at', 'staged.resolved_at_utc < staged.opened_at_utc']
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

),

final as (

    select
        *,
        {{ row_outcome(['ticket_id']) }}
    from judged

)

select * from final
