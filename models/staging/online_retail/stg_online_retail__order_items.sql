{# Grain: one row per raw invoice line that is not a credit note. #}
with

base as (

    select * from {{ ref('base_online_retail__invoice_lines') }}

),

renamed as (

    select
        invoice_id as order_id,
        line_number,
        product_id,
        quantity,
        unit_price,
        rejection_reason,
        rejected_column,
        {{ provenance() }}
    from base
    where invoice_type <> 'credit_note'

)

select
    {{ conformed_columns(
        'order_items', 'online_retail', raw_table='invoice_lines',
        lacks=['gross_amount', 'line_discount_amount', 'cost_amount', 'item_size', 'item_color']
    ) }}
from renamed
