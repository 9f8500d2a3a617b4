{# Grain: one row per raw returned line and occasion. #}
with

source as (

    select * from {{ source('shop', 'returns') }}

),

renamed as (

    select
        {{ clean_text('return_id') }} as return_id,
        1 as return_line_number,
        {{ clean_text('order_id') }} as order_id,
        {{ to_integer_or_null('line_number') }} as line_number,
        {{ to_decimal_or_null('quantity') }} as quantity,
        {{ to_decimal_or_null('refunded_tax_amount') }} as refunded_tax_amount,
        {{ to_decimal_or_null('refunded_shipping_amount') }} as refunded_shipping_amount,
        {{ clean_text('return_reason') }} as return_reason,
        {{ to_timestamp_or_null('returned_at') }} as returned_at_utc,
        cast(
            {{ utc_to_local(to_timestamp_or_null('returned_at'), source_time_zone('shop')) }}
            as date
        ) as returned_local_date,
        {{ rejection(
            keys=['return_id', 'order_id', 'line_number'],
            required=['quantity', 'returned_at'],
            timestamps=['returned_at'],
            integers=['line_number'],
            decimals=['quantity', 'refunded_tax_amount', 'refunded_shipping_amount']
        ) }},
        {{ provenance() }}
    from source

)

select
    {{ conformed_columns(
        'returns', 'shop', raw_table='returns',
        lacks=['customer_id', 'product_id', 'return_amount', 'country', 'region', 'state', 'city']
    ) }}
from renamed
