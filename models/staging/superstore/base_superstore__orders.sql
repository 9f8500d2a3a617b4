{# Grain: one row per raw order line, read and judged once for the four entities that are taken from
   it. #}
{{ enable_with_source('superstore') }}
with

source as (

    select * from {{ source('superstore', 'orders') }}

),

renamed as (

    select
        {{ clean_text('order_id') }} as order_id,
        {{ to_integer_or_null('row_id') }} as line_number,
        {{ to_any_date_or_null('order_date') }} as order_local_date,
        {{ to_any_date_or_null('ship_date') }} as shipped_local_date,
        {{ clean_text('ship_mode') }} as shipping_method,
        {{ clean_text('customer_id') }} as customer_id,
        {{ clean_text('customer_name') }} as customer_name,
        {{ clean_text('segment') }} as segment,
        {{ clean_text('country') }} as country,
        {{ clean_text('region') }} as region,
        {{ clean_text('state') }} as state,
        {{ clean_text('city') }} as city,
        {{ clean_text('postal_code') }} as postal_code,
        {{ clean_text('product_id') }} as product_code,
        {{ clean_text('product_name') }} as product_name,
        {{ clean_text('category') }} as category,
        {{ clean_text('sub_category') }} as sub_category,
        -- 32 codes stand for two different products: only code and name together identify one.
        {{ concat_text([
            clean_text('product_id'), "'/'", "coalesce(" ~ clean_text('product_name') ~ ", '')"
        ]) }} as product_id,
        {{ to_decimal_or_null('quantity') }} as quantity,
        {{ to_decimal_or_null('sales') }} as sales_amount,
        coalesce({{ to_decimal_or_null('discount') }}, 0) as discount_rate,
        {{ to_decimal_or_null('profit') }} as profit_amount,
        {{ rejection(
            keys=['row_id', 'order_id'],
            required=['order_date', 'product_id', 'sales', 'quantity'],
            dates=['order_date', 'ship_date'],
            integers=['row_id'],
            decimals=['sales', 'quantity', 'discount', 'profit'],
            other_rules=[[
                'value_out_of_range', 'discount',
                to_decimal_or_null('discount') ~ " < 0 or "
                ~ to_decimal_or_null('discount') ~ " > 1"
            ]]
        ) }},
        {{ provenance() }}
    from source

)

select * from renamed
