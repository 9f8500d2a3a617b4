{# Grain: one row per raw change of a customer. #}
with

source as (

    select * from {{ source('shop', 'customer_change_log') }}

),

renamed as (

    select
        {{ clean_text('customer_id') }} as customer_id,
        {{ to_integer_or_null('change_sequence') }} as change_sequence,
        {{ to_timestamp_or_null('changed_at') }} as changed_at_utc,
        lower(trim(both ' ' from operation)) = 'delete' as is_deleted,
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
            keys=['customer_id', 'change_sequence'],
            required=['changed_at'],
            dates=['birth_date'],
            timestamps=['changed_at'],
            integers=['change_sequence'],
            decimals=['annual_income', 'spending_score'],
            booleans=['is_subscriber']
        ) }},
        {{ provenance() }}
    from source

)

select
    {{ conformed_columns(
        'customer_changes', 'shop', raw_table='customer_change_log',
        lacks=['region']
    ) }}
from renamed
