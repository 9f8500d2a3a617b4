{# Grain: one row per staged order line, good or bad, with its outcome. #}
with

staged as (

    {{ union_sources('order_items') | indent(4) }}

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
        staged.line_number,
        staged.product_id,
        staged.quantity,
        staged.unit_price,
        staged.gross_amount,
        staged.line_discount_amount,
        staged.cost_amount,
        staged.item_size,
        staged.item_color,
        orders.order_key,
        {{ first_failed_rule(order_lookup_rules() + [
            ['quantity_not_positive', 'quantity', 'staged.quantity <= 0'],
            ['quantity_not_integral', 'quantity', 'staged.quantity <> floor(staged.quantity)'],
            ['price_negative', 'unit_price', 'staged.unit_price < 0 or staged.gross_amount < 0'],
            ['price_negative', 'line_discount_amount', 'staged.line_discount_amount < 0']
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
        {{ row_outcome(['order_id', 'line_number']) }}
    from judged

)

select * from final
