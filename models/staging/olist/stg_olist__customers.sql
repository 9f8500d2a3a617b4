{# Grain: one row per person; the record of the latest order counts. #}
with

records as (

    select * from {{ source('olist', 'customers') }}

),

orders as (

    select
        {{ raw_key('customer_id') }} as customer_id,
        max(order_purchase_timestamp) as order_purchase_timestamp
    from {{ source('olist', 'orders') }}
    group by 1

),

ranked as (

    select
        {{ clean_text('records.customer_unique_id') }} as customer_id,
        {{ clean_text('records.customer_zip_code_prefix') }} as postal_code,
        {{ clean_text('records.customer_state') }} as state,
        {{ clean_text('records.customer_city') }} as city,
        records._batch_id,
        records._source_file,
        records._row_number,
        records._loaded_at,
        row_number() over (
            partition by {{ clean_text('records.customer_unique_id') }}
            order by
                coalesce(orders.order_purchase_timestamp, '') desc,
                records._loaded_at desc, records._batch_id desc, records._row_number desc
        ) as latest_rank
    from records
    left join orders
        on records.customer_id = orders.customer_id

),

renamed as (

    select
        customer_id,
        postal_code,
        'Brazil' as country,
        state as region,
        state,
        city,
        {{ no_rejection() }},
        {{ provenance() }}
    from ranked
    where
        latest_rank = 1
        and customer_id is not null

)

select
    {{ conformed_columns(
        'customers', 'olist',
        lacks=[
            'customer_name', 'email', 'phone', 'street_address', 'declared_age',
            'previous_purchase_count', 'purchase_frequency', 'registered_at_utc', 'updated_at_utc',
            'gender', 'birth_date', 'annual_income', 'spending_score', 'segment', 'is_subscriber'
        ]
    ) }}
from renamed
