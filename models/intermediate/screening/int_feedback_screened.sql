{# Grain: one row per staged feedback, good or bad, with its outcome. #}
with

staged as (

    {{ union_sources('feedback') | indent(4) }}

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
        staged.feedback_id,
        staged.customer_id,
        staged.order_id,
        staged.product_id,
        staged.feedback_type,
        staged.rating,
        staged.has_comment,
        staged.submitted_local_date,
        orders.order_key,
        orders.customer_id as order_customer_id,
        {{ first_failed_rule(order_lookup_rules() + [
            ['rating_out_of_range', 'rating', 'staged.rating < 1 or staged.rating > 5'],
            [
                'value_out_of_range', 'feedback_type',
                "staged.feedback_type not in ('review', 'complaint', 'enquiry')"
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

),

final as (

    select
        *,
        {{ row_outcome(['feedback_id']) }}
    from judged

)

select * from final
