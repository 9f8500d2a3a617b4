{# Grain: one row per raw order row. #}
with

source as (

    select * from {{ source('shop', 'orders') }}

),

deliveries as (

    select
        {{ raw_key('order_id') }} as order_id,
        min(case
            when order_status = 'shipped' then {{ to_timestamp_or_null('changed_at') }}
        end) as shipped_at_utc,
        min(case
            when order_status = 'delivered' then {{ to_timestamp_or_null('changed_at') }}
        end) as delivered_at_utc
    from {{ source('shop', 'order_status_history') }}
    where order_status in ('shipped', 'delivered')
    group by 1

),

renamed as (

    select
        {{ clean_text('source.order_id') }} as order_id,
        {{ clean_text('source.customer_id') }} as customer_id,
        {{ to_timestamp_or_null('source.ordered_at') }} as ordered_at_utc,
        cast(
            {{ utc_to_local(to_timestamp_or_null('source.ordered_at'), source_time_zone('shop')) }}
            as date
        ) as order_local_date,
        false as is_dst_adjusted,
        lower(trim(both ' ' from source.order_status)) as order_status,
        lower(trim(both ' ' from source.channel)) as channel,
        lower(trim(both ' ' from source.payment_method)) as payment_method,
        {{ clean_text('source.shipping_method') }} as shipping_method,
        upper(trim(both ' ' from source.promotion_code)) as promotion_code,
        {{ to_decimal_or_null('source.order_discount_amount') }} as order_discount_amount,
        {{ to_decimal_or_null('source.shipping_amount') }} as shipping_amount,
        {{ to_decimal_or_null('source.tax_amount') }} as tax_amount,
        {{ to_decimal_or_null('source.total_amount') }} as header_total_amount,
        cast(
            {{ utc_to_local('deliveries.shipped_at_utc', source_time_zone('shop')) }} as date
        ) as shipped_local_date,
        cast(
            {{ utc_to_local('deliveries.delivered_at_utc', source_time_zone('shop')) }} as date
        ) as delivered_local_date,
        {{ clean_text('source.ship_country') }} as country,
        {{ clean_text('source.ship_state') }} as state,
        {{ clean_text('source.ship_city') }} as city,
        {{ rejection(
            keys=['source.order_id'],
            required=['source.ordered_at', 'source.order_status'],
            timestamps=['source.ordered_at'],
            decimals=[
                'source.order_discount_amount', 'source.shipping_amount', 'source.tax_amount',
                'source.total_amount'
            ]
        ) }},
        source._batch_id,
        source._source_file,
        source._row_number,
        source._loaded_at
    from source
    left join deliveries
        on source.order_id = deliveries.order_id

)

select
    {{ conformed_columns(
        'orders', 'shop', raw_table='orders',
        lacks=['season', 'is_discount_declared', 'region']
    ) }}
from renamed
