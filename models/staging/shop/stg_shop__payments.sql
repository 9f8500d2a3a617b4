{# Grain: one row per raw payment. #}
with

source as (

    select * from {{ source('shop', 'payments') }}

),

renamed as (

    select
        trim(both ' ' from payment_id) as payment_id,
        trim(both ' ' from order_id) as order_id,
        lower(trim(both ' ' from payment_method)) as payment_method,
        {{ to_decimal_or_null('payment_amount') }} as payment_amount,
        cast(
            {{ utc_to_local(to_timestamp_or_null('paid_at'), source_time_zone('shop')) }} as date
        ) as paid_local_date,
        {{ rejection(
            keys=['payment_id'],
            required=['order_id', 'payment_amount'],
            timestamps=['paid_at'],
            decimals=['payment_amount']
        ) }},
        {{ provenance() }}
    from source

)

select
    {{ conformed_columns('payments', 'shop', raw_table='payments', lacks=['installment_count']) }}
from renamed
