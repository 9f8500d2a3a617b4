{# Grain: one row per raw returned order; the file names neither lines nor days. #}
with

source as (

    select * from {{ source('superstore', 'returns') }}

),

renamed as (

    select
        {{ clean_text('order_id') }} as return_id,
        1 as return_line_number,
        {{ clean_text('order_id') }} as order_id,
        {{ rejection(
            keys=['order_id'],
            required=['returned'],
            booleans=['returned'],
            other_rules=[['not_a_sale', 'returned', to_boolean_or_null('returned') ~ " = false"]]
        ) }},
        {{ provenance() }}
    from source

)

select
    {{ conformed_columns(
        'returns', 'superstore', raw_table='returns',
        lacks=[
            'line_number', 'customer_id', 'product_id', 'quantity', 'return_amount',
            'refunded_tax_amount', 'refunded_shipping_amount', 'return_reason', 'returned_at_utc',
            'returned_local_date', 'country', 'region', 'state', 'city'
        ]
    ) }}
from renamed
