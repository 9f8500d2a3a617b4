{# Grain: one row per sales channel, with the reserved member unknown (-1). #}
with

names as (

    select distinct channel
    from {{ ref('int_orders_conformed') }}
    where channel is not null

),

final as (

    select
        {{ shared_key('channel', 'channel') }} as channel_key,
        channel
    from names

    union all

    select
        -1 as channel_key,
        'Unknown' as channel

)

select * from final
