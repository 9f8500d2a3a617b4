{# Grain: one row per payment method, with the reserved member unknown (-1). #}
with

names as (

    select payment_method from {{ ref('int_orders_conformed') }}
    where payment_method is not null

    union

    select payment_method from {{ ref('int_payments_screened') }}
    where
        row_outcome = 'accepted'
        and payment_method is not null

),

final as (

    select
        {{ shared_key('payment_method', 'payment_method') }} as payment_method_key,
        payment_method
    from names

    union all

    select
        -1 as payment_method_key,
        'Unknown' as payment_method

)

select * from final
