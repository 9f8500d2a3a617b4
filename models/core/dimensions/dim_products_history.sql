{# Grain: one row per product and version, half-open in time, with the reserved member unknown (-1).
   #}
with

versions as (

    select
        product_history_key,
        product_key,
        version_number,
        category,
        sub_category,
        list_price,
        unit_cost,
        is_current,
        valid_from,
        valid_to
    from {{ ref('int_product_versions') }}

),

final as (

    select * from versions

    union all

    select
        -1 as product_history_key,
        -1 as product_key,
        1 as version_number,
        'Uncategorised' as category,
        'Uncategorised' as sub_category,
        null as list_price,
        null as unit_cost,
        true as is_current,
        cast({{ unknown_date() }} as {{ type_timestamp() }}) as valid_from,
        cast('9999-12-31' as {{ type_timestamp() }}) as valid_to

)

select * from final
