{# Grain: one row per payment. #}
with

payments as (

    select * from {{ ref('int_payments_screened') }}
    where row_outcome = 'accepted'

),

final as (

    select
        {{ surrogate_key(['source_system', 'payment_id']) }} as payment_key,
        source_system,
        payment_id,
        order_key,
        {{ shared_key('payment_method', 'payment_method') }} as payment_method_key,
        {{ date_key('coalesce(paid_local_date, ' ~ unknown_date() ~ ')') }} as paid_date_key,
        payment_amount,
        coalesce(installment_count, 1) as installment_count,
        coalesce(paid_local_date, {{ unknown_date() }}) as paid_date
    from payments

)

select * from final
