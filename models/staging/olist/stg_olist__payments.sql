{# Grain: one row per raw payment. #}
with

source as (

    select * from {{ source('olist', 'payments') }}

),

renamed as (

    select
        {{ concat_text([
            "trim(both ' ' from order_id)", "'/'", "trim(both ' ' from payment_sequential)"
        ]) }} as payment_id,
        trim(both ' ' from order_id) as order_id,
        lower(trim(both ' ' from payment_type)) as payment_method,
        {{ to_decimal_or_null('payment_value') }} as payment_amount,
        {{ to_integer_or_null('payment_installments') }} as installment_count,
        {{ rejection(
            keys=['order_id', 'payment_sequential'],
            required=['payment_value'],
            integers=['payment_sequential', 'payment_installments'],
            decimals=['payment_value']
        ) }},
        {{ provenance() }}
    from source

)

select
    {{ conformed_columns('payments', 'olist', raw_table='payments', lacks=['paid_local_date']) }}
from renamed
