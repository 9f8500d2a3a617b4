{# Grain: one row per raw customer row. #}
with

source as (

    select * from {{ source('shop', 'customers') }}

),

renamed as (

    select
        {{ clean_text('customer_id') }} as customer_id,
        {{ clean_text(concat_text([
            "coalesce(first_name, '')", "' '", "coalesce(last_name, '')"
        ])) }} as customer_name,
        lower({{ clean_text('email') }}) as email,
        {{ clean_text('phone') }} as phone,
        {{ clean_text('street_address') }} as street_address,
        {{ clean_text('postal_code') }} as postal_code,
        {{ to_timestamp_or_null('registered_at') }} as registered_at_utc,
        {{ to_timestamp_or_null('updated_at') }} as updated_at_utc,
        {{ clean_text('gender') }} as gender,
        {{ to_any_date_or_null('birth_date') }} as birth_date,
        {{ to_decimal_or_null('annual_income') }} as annual_income,
        {{ to_decimal_or_null('spending_score') }} as spending_score,
        {{ clean_text('segment') }} as segment,
        {{ to_boolean_or_null('is_subscriber') }} as is_subscriber,
        {{ clean_text('country') }} as country,
        {{ clean_text('state') }} as state,
        {{ clean_text('city') }} as city,
        {{ rejection(
            keys=['customer_id'],
            dates=['birth_date'],
            timestamps=['registered_at', 'updated_at'],
            decimals=['annual_income', 'spending_score'],
            booleans=['is_subscriber']
        ) }},
        {{ provenance() }}
    from source

)

select
    {{ conformed_columns(
        'customers', 'shop', raw_table='customers',
        lacks=['declared_age', 'previous_purchase_count', 'purchase_frequency', 'region']
    ) }}
from renamed
