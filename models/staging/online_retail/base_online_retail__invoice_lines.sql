{# Grain: one row per raw invoice line, read and judged once. A table, because five entities are
   taken from it. #}
{{ config(materialized='table') }}

{{ enable_with_source('online_retail') }}
with

source as (

    select * from {{ source('online_retail', 'invoice_lines') }}

),

parsed as (

    select
        {{ clean_text('invoice_no') }} as invoice_id,
        -- The file has no line numbers; equal lines of one invoice are real, so the order of the
        -- file numbers them.
        row_number() over (
            partition by _batch_id, invoice_no
            order by _row_number
        ) as line_number,
        {{ clean_text('stock_code') }} as product_id,
        {{ clean_text('description') }} as product_name,
        {{ to_decimal_or_null('quantity') }} as quantity,
        {{ to_decimal_or_null('unit_price') }} as unit_price,
        {{ to_timestamp_or_null('invoice_date') }} as invoiced_at_local,
        -- Some copies of the data write the number as 17850.0.
        coalesce(
            cast({{ to_integer_or_null('customer_id') }} as {{ type_text(50) }}),
            {{ clean_text('customer_id') }}
        ) as customer_id,
        {{ clean_text('country') }} as country,
        case
            when upper(trim(both ' ' from invoice_no)) like 'C%' then 'credit_note'
            when upper(trim(both ' ' from invoice_no)) like 'A%' then 'adjustment'
            else 'sale'
        end as invoice_type,
        {{ rejection(
            keys=['invoice_no'],
            required=['stock_code', 'quantity', 'unit_price', 'invoice_date'],
            timestamps=['invoice_date'],
            decimals=['quantity', 'unit_price'],
            other_rules=[['not_a_sale', 'invoice_no', "upper(trim(both ' ' from invoice_no)) like 'A%'"]]
        ) }},
        {{ provenance() }}
    from source

)

select * from parsed
