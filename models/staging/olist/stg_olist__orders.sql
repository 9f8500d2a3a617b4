{# Grain: one row per raw order row, with the person, the place, the freight and the main payment
   method. #}
{%- set zone = source_time_zone('olist') %}
with

source as (

    select * from {{ source('olist', 'orders') }}

),

customer_records as (

    select
        {{ raw_key('customer_id') }} as customer_id,
        customer_unique_id,
        customer_state,
        customer_city,
        {{ latest_rank(['customer_id']) }} as latest_rank
    from {{ source('olist', 'customers') }}

),

freight as (

    select
        {{ raw_key('order_id') }} as order_id,
        sum({{ to_decimal_or_null('freight_value') }}) as shipping_amount
    from {{ source('olist', 'order_items') }}
    group by 1

),

payments as (

    select
        {{ raw_key('order_id') }} as order_id,
        payment_type,
        row_number() over (
            partition by order_id
            order by
                {{ to_decimal_or_null('payment_value') }} desc,
                {{ to_integer_or_null('payment_sequential') }} asc,
                _batch_id asc,
                _row_number asc
        ) as payment_rank
    from {{ source('olist', 'payments') }}

),

renamed as (

    select
        {{ clean_text('source.order_id') }} as order_id,
        {{ clean_text('customer_records.customer_unique_id') }} as customer_id,
        {{ local_to_utc(to_timestamp_or_null('source.order_purchase_timestamp'), zone) }}
            as ordered_at_utc,
        cast(
            {{ to_timestamp_or_null('source.order_purchase_timestamp') }} as date
        ) as order_local_date,
        {{ is_clock_change(to_timestamp_or_null('source.order_purchase_timestamp'), zone) }}
            as is_dst_adjusted,
        lower(trim(both ' ' from source.order_status)) as order_status,
        'web' as channel,
        payments.payment_type as payment_method,
        freight.shipping_amount,
        cast(
            {{ to_timestamp_or_null('source.order_delivered_carrier_date') }} as date
        ) as shipped_local_date,
        cast(
            {{ to_timestamp_or_null('source.order_delivered_customer_date') }} as date
        ) as delivered_local_date,
        'Brazil' as country,
        -- The shop reports by state.
        {{ clean_text('customer_records.customer_state') }} as region,
        {{ clean_text('customer_records.customer_state') }} as state,
        {{ clean_text('customer_records.customer_city') }} as city,
        {{ rejection(
            keys=['source.order_id'],
            required=['source.order_status', 'source.order_purchase_timestamp'],
            timestamps=[
                'source.order_purchase_timestamp', 'source.order_delivered_carrier_date',
                'source.order_delivered_customer_date'
            ]
        ) }},
        source._batch_id,
        source._source_file,
        source._row_number,
        source._loaded_at
    from source
    left join customer_records
        on
            source.customer_id = customer_records.customer_id
            and customer_records.latest_rank = 1
    left join freight
        on source.order_id = freight.order_id
    left join payments
        on
            source.order_id = payments.order_id
            and payments.payment_rank = 1

)

select
    {{ conformed_columns(
        'orders', 'olist', raw_table='orders',
        lacks=[
            'shipping_method', 'promotion_code', 'season', 'is_discount_declared',
            'order_discount_amount', 'tax_amount', 'header_total_amount'
        ]
    ) }}
from renamed
