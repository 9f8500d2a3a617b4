{# Grain: one row per raw review, complaint or enquiry. #}
with

source as (

    select * from {{ source('shop', 'feedback') }}

),

renamed as (

    select
        {{ clean_text('feedback_id') }} as feedback_id,
        {{ clean_text('customer_id') }} as customer_id,
        {{ clean_text('order_id') }} as order_id,
        {{ clean_text('product_id') }} as product_id,
        lower(trim(both ' ' from feedback_type)) as feedback_type,
        {{ to_decimal_or_null('rating') }} as rating,
        coalesce(trim(both ' ' from comment), '') <> '' as has_comment,
        cast(
            {{ utc_to_local(to_timestamp_or_null('submitted_at'), source_time_zone('shop')) }}
            as date
        ) as submitted_local_date,
        {{ rejection(
            keys=['feedback_id'],
            required=['feedback_type'],
            timestamps=['submitted_at'],
            decimals=['rating']
        ) }},
        {{ provenance() }}
    from source

)

select
    {{ conformed_columns('feedback', 'shop', raw_table='feedback') }}
from renamed
