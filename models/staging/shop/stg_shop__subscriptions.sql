{# Grain: one row per raw subscription period. #}
with

source as (

    select * from {{ source('shop', 'subscriptions') }}

),

renamed as (

    select
        {{ clean_text('subscription_id') }} as subscription_id,
        {{ clean_text('customer_id') }} as customer_id,
        {{ clean_text('plan_name') }} as plan_name,
        {{ to_decimal_or_null('monthly_fee_amount') }} as monthly_fee_amount,
        cast(
            {{ utc_to_local(to_timestamp_or_null('started_at'), source_time_zone('shop')) }} as date
        ) as started_local_date,
        cast(
            {{ utc_to_local(to_timestamp_or_null('ended_at'), source_time_zone('shop')) }} as date
        ) as ended_local_date,
        {{ rejection(
            keys=['subscription_id', 'customer_id'],
            timestamps=['started_at', 'ended_at'],
            decimals=['monthly_fee_amount']
        ) }},
        {{ provenance() }}
    from source

)

select
    {{ conformed_columns('subscriptions', 'shop', raw_table='subscriptions') }}
from renamed
