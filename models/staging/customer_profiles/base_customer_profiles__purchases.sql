{# Grain: one row per raw purchase, read and judged once for the four entities that are taken from
   it. #}
{{ enable_with_source('customer_profiles') }}
with

source as (

    select * from {{ source('customer_profiles', 'purchases') }}

),

parsed as (

    select
        {{ clean_text('customer_id') }} as customer_id,
        {{ to_integer_or_null('age') }} as declared_age,
        {{ clean_text('gender') }} as gender,
        {{ to_decimal_or_null('annual_income') }} as annual_income,
        {{ to_decimal_or_null('spending_score') }} as spending_score,
        {{ to_decimal_or_null('purchase_amount') }} as purchase_amount,
        {{ to_any_date_or_null('purchase_date') }} as purchase_date,
        {{ clean_text('region') }} as region,
        {{ rejection(
            keys=['customer_id'],
            required=['purchase_amount', 'purchase_date'],
            dates=['purchase_date'],
            integers=['age'],
            decimals=['annual_income', 'spending_score', 'purchase_amount']
        ) }},
        {{ provenance() }}
    from source

),

numbered as (

    select
        *,
        -- Two purchases of one customer on one day are two orders, distinguished by their place.
        row_number() over (
            partition by _batch_id, customer_id, purchase_date
            order by _row_number
        ) as purchase_number
    from parsed

),

final as (

    select
        *,
        {{ concat_text([
            'customer_id', "'/'", "cast(purchase_date as " ~ type_text(10) ~ ")",
            "'/'", "cast(purchase_number as " ~ type_text(10) ~ ")"
        ]) }} as order_id
    from numbered

)

select * from final
