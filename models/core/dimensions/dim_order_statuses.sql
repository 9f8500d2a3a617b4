{# Grain: one row per state of an order, with the reserved member unknown (-1). #}
with

known as (

    select
        {{ shared_key('order_status', 'order_status') }} as order_status_key,
        order_status,
        description,
        funnel_step,
        is_recognised,
        is_return_allowed
    from {{ ref('order_statuses') }}

),

final as (

    select * from known

    union all

    select
        -1 as order_status_key,
        'unknown' as order_status,
        'Not told' as description,
        0 as funnel_step,
        false as is_recognised,
        false as is_return_allowed

)

select * from final
