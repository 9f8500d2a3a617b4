{# Grain: one row per staged order row, good or bad, with its outcome. Statuses become the states of
   the project and states of a country their full names; a region that the source lacks comes from
   the state. #}
with

staged as (

    {{ union_sources('orders') | indent(4) }}

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
        staged.customer_id,
        staged.ordered_at_utc,
        staged.order_local_date,
        staged.is_dst_adjusted,
        staged.channel,
        staged.payment_method,
        staged.shipping_method,
        staged.promotion_code,
        staged.season,
        staged.is_discount_declared,
        staged.shipping_amount,
        staged.tax_amount,
        staged.header_total_amount,
        staged.shipped_local_date,
        staged.delivered_local_date,
        staged.country,
        staged.city,
        {{ surrogate_key(['staged.source_system', 'staged.order_id']) }} as order_key,
        staged.order_status as source_order_status,
        status_map.order_status,
        coalesce(staged.region, states.region) as region,
        coalesce(states.state, staged.state) as state,
        cast(
            round(coalesce(staged.order_discount_amount, 0), 2) as {{ type_decimal(18, 4) }}
        ) as order_discount_amount,
        {{ first_failed_rule([
            [
                'status_unmapped', 'order_status',
                "coalesce(status_map.order_status, 'unknown') = 'unknown'"
            ],
            [
                'future_date', 'order_local_date',
                'staged.order_local_date > ' ~ add_days('staged._loaded_at', 1)
            ],
            ['price_negative', 'order_discount_amount', 'staged.order_discount_amount < 0'],
            ['price_negative', 'shipping_amount', 'staged.shipping_amount < 0'],
            ['price_negative', 'tax_amount', 'staged.tax_amount < 0']
        ], judged_before='staged') }}
    from staged
    left join {{ ref('order_status_map') }} as status_map
        on staged.order_status = status_map.raw_status
    left join {{ ref('states') }} as states
        on
            staged.country = states.country
            and staged.state = states.state_text

),

final as (

    select
        *,
        {{ row_outcome(['order_id']) }}
    from judged

)

select * from final
