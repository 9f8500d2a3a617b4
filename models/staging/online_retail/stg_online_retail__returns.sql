{# Grain: one row per raw line of a credit note; the file does not say which order it credits. #}
with

base as (

    select * from {{ ref('base_online_retail__invoice_lines') }}

),

renamed as (

    select
        invoice_id as return_id,
        line_number as return_line_number,
        customer_id,
        product_id,
        -quantity as quantity,
        cast(-quantity * unit_price as {{ type_decimal(18, 4) }}) as return_amount,
        {{ local_to_utc('invoiced_at_local', source_time_zone('online_retail')) }}
            as returned_at_utc,
        cast(invoiced_at_local as date) as returned_local_date,
        country,
        country as region,
        rejection_reason,
        rejected_column,
        {{ provenance() }}
    from base
    where invoice_type = 'credit_note'

)

select
    {{ conformed_columns(
        'returns', 'online_retail', raw_table='invoice_lines',
        lacks=[
            'order_id', 'line_number', 'refunded_tax_amount', 'refunded_shipping_amount',
            'return_reason', 'state', 'city'
        ]
    ) }}
from renamed
