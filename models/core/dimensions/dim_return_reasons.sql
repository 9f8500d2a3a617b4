{# Grain: one row per reason for a return, with the reserved member unknown (-1). #}
with

names as (

    select distinct return_reason
    from {{ ref('int_returns_screened') }}
    where
        row_outcome = 'accepted'
        and return_reason is not null

),

final as (

    select
        {{ shared_key('return_reason', 'return_reason') }} as return_reason_key,
        return_reason
    from names

    union all

    select
        -1 as return_reason_key,
        'Unknown' as return_reason

)

select * from final
