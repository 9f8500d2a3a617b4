{# Grain: one row per staged return row, good or bad, with its outcome. States of a country become
   their full names; a region that the source lacks comes from the state. #}
with

staged as (

    {{ union_sources('returns') | indent(4) }}

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
        staged.return_id,
        staged.return_line_number,
        staged.order_id,
        staged.line_number,
        staged.customer_id,
        staged.product_id,
        staged.quantity,
        staged.return_amount,
        staged.refunded_tax_amount,
        staged.refunded_shipping_amount,
        staged.return_reason,
        staged.returned_at_utc,
        staged.returned_local_date,
        staged.country,
        staged.city,
        orders.order_key,
        orders.order_local_date,
        coalesce(staged.region, states.region) as region,
        coalesce(states.state, staged.state) as state,
        {{ first_failed_rule(order_lookup_rules() + [
            [
                'orphan_order_line', 'line_number',
                'staged.order_id is not null and staged.line_number is not null '
                ~ 'and order_items.line_number is null'
            ],
            ['return_on_unrecognised_order', 'order_id', 'not statuses.is_return_allowed'],
            [
                'return_before_order', 'returned_at',
                'staged.returned_local_date < orders.order_local_date '
                ~ 'or staged.returned_local_date < orders.shipped_local_date'
            ],
            ['quantity_not_positive', 'quantity', 'staged.quantity <= 0'],
            ['quantity_not_integral', 'quantity', 'staged.quantity <> floor(staged.quantity)'],
            ['price_negative', 'return_amount', 'staged.return_amount < 0']
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
    left join {{ ref('order_statuses') }} as statuses
        on orders.order_status = statuses.order_status
    left join {{ ref('int_order_items_screened') }} as order_items
        on
            staged.source_system = order_items.source_system
            and staged.order_id = order_items.order_id
            and staged.line_number = order_items.line_number
            and order_items.row_outcome = 'accepted'
    left join {{ ref('states') }} as states
        on
            staged.country = states.country
            and staged.state = states.state_text

),

final as (

    select
        *,
        {{ row_outcome(['return_id', 'return_line_number']) }}
    from judged

)

select * from final
