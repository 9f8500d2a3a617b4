{# Grain: one row per raw purchase, read and judged once for the six entities that are taken from
   it. #}
{{ enable_with_source('shopping_trends') }}
with

source as (

    select * from {{ source('shopping_trends', 'purchases') }}

),

renamed as (

    select
        {{ clean_text('customer_id') }} as customer_id,
        {{ to_integer_or_null('age') }} as declared_age,
        {{ clean_text('gender') }} as gender,
        {{ clean_text('item_purchased') }} as product_name,
        {{ clean_text('category') }} as category,
        -- The same article name under two categories would be two products.
        {{ concat_text([
            "coalesce(" ~ clean_text('category') ~ ", '')", "'/'",
            "coalesce(" ~ clean_text('item_purchased') ~ ", '')"
        ]) }} as product_id,
        {{ to_decimal_or_null('purchase_amount') }} as purchase_amount,
        {{ clean_text('location') }} as state,
        {{ clean_text('size') }} as item_size,
        {{ clean_text('color') }} as item_color,
        {{ clean_text('season') }} as season,
        {{ to_decimal_or_null('review_rating') }} as rating,
        {{ to_boolean_or_null('subscription_status') }} as is_subscriber,
        {{ clean_text('preferred_payment_method') }} as payment_method,
        {{ clean_text('shipping_type') }} as shipping_method,
        -- Equal to promo_code_used in every row, which a test proves; that one is not carried on.
        {{ to_boolean_or_null('discount_applied') }} as is_discount_declared,
        {{ to_integer_or_null('previous_purchases') }} as previous_purchase_count,
        {{ clean_text('frequency_of_purchases') }} as purchase_frequency,
        {{ rejection(
            keys=['customer_id'],
            required=['item_purchased', 'category', 'purchase_amount'],
            integers=['age', 'previous_purchases'],
            decimals=['purchase_amount', 'review_rating'],
            booleans=['subscription_status', 'discount_applied', 'promo_code_used']
        ) }},
        {{ provenance() }}
    from source

)

select * from renamed
