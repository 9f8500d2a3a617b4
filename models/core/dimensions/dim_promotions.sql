{# Grain: one row per promotion code, with the reserved member no promotion (-3). #}
with

names as (

    select distinct promotion_code
    from {{ ref('int_orders_conformed') }}
    where promotion_code is not null

),

final as (

    select
        {{ shared_key('promotion', 'promotion_code') }} as promotion_key,
        promotion_code
    from names

    union all

    select
        -3 as promotion_key,
        'No promotion' as promotion_code

)

select * from final
