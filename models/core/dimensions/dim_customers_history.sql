{# Grain: one row per customer and version, half-open in time, with the reserved members of
   dim_customers. #}
with

versions as (

    select
        customer_history_key,
        customer_key,
        version_number,
        coalesce(gender, 'Unknown') as gender,
        coalesce(segment, 'Unknown') as segment,
        coalesce(country, 'Unknown') as country,
        coalesce(region, 'Unknown') as region,
        coalesce(state, 'Unknown') as state,
        coalesce(city, 'Unknown') as city,
        cast(annual_income as {{ type_decimal(18, 2) }}) as annual_income,
        cast(spending_score as {{ type_decimal(18, 2) }}) as spending_score,
        is_subscriber,
        is_current,
        valid_from,
        valid_to
    from {{ ref('int_customer_versions') }}

),

final as (

    select * from versions

    union all

    select
        -1 as customer_history_key,
        -1 as customer_key,
        1 as version_number,
        'Unknown' as gender,
        'Unknown' as segment,
        'Unknown' as country,
        'Unknown' as region,
        'Unknown' as state,
        'Unknown' as city,
        null as annual_income,
        null as spending_score,
        false as is_subscriber,
        true as is_current,
        cast({{ unknown_date() }} as {{ type_timestamp() }}) as valid_from,
        cast('9999-12-31' as {{ type_timestamp() }}) as valid_to

    union all

    select
        -2 as customer_history_key,
        -2 as customer_key,
        1 as version_number,
        'Unknown' as gender,
        'Guest' as segment,
        'Unknown' as country,
        'Unknown' as region,
        'Unknown' as state,
        'Unknown' as city,
        null as annual_income,
        null as spending_score,
        false as is_subscriber,
        true as is_current,
        cast({{ unknown_date() }} as {{ type_timestamp() }}) as valid_from,
        cast('9999-12-31' as {{ type_timestamp() }}) as valid_to

)

select * from final
