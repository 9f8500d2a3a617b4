{# Grain: one row per staged payment, good or bad, with its outcome. #}
with

staged as (

    {{ union_sources('payments') | indent(4) }}

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
        staged.payment_id,
        staged.order_id,
        staged.payment_method,
        staged.payment_amount,
        staged.installment_count,
        staged.paid_local_date,
        orders.order_key,
        {{ first_failed_rule(order_lookup_rules() + [
            ['price_negative', 'payment_amount', 'staged.payment_amount < 0']
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
        {{ row_outcome(['payment_id']) }}
    from judged

)

select * from final
