{# Grain: one row per raw review; one review may stand for several orders, so both keys identify it.
   #}
with

source as (

    select * from {{ source('olist', 'reviews') }}

),

customer_records as (

    select
        {{ raw_key('customer_id') }} as customer_id,
        max(customer_unique_id) as customer_unique_id
    from {{ source('olist', 'customers') }}
    group by 1

),

people as (

    select
        {{ raw_key('orders.order_id') }} as order_id,
        max(customer_records.customer_unique_id) as customer_id
    from {{ source('olist', 'orders') }} as orders
    inner join customer_records
        on orders.customer_id = customer_records.customer_id
    group by 1

),

renamed as (

    select
        {{ concat_text([
            "trim(both ' ' from source.review_id)", "'/'", "trim(both ' ' from source.order_id)"
        ]) }} as feedback_id,
        people.customer_id,
        trim(both ' ' from source.order_id) as order_id,
        'review' as feedback_type,
        {{ to_decimal_or_null('source.review_score') }} as rating,
        coalesce(trim(both ' ' from source.review_comment_message), '') <> '' as has_comment,
        cast(
            {{ to_timestamp_or_null('source.review_creation_date') }} as date
        ) as submitted_local_date,
        {{ rejection(
            keys=['source.review_id', 'source.order_id'],
            timestamps=['source.review_creation_date'],
            decimals=['source.review_score']
        ) }},
        source._batch_id,
        source._source_file,
        source._row_number,
        source._loaded_at
    from source
    left join people
        on source.order_id = people.order_id

)

select
    {{ conformed_columns('feedback', 'olist', raw_table='reviews', lacks=['product_id']) }}
from renamed
