{# Grain: one row per product, as known today, with the reserved member unknown (-1). #}
with

known as (

    select
        product_key,
        source_system,
        product_id,
        product_code,
        product_name,
        category,
        sub_category,
        list_price,
        unit_cost,
        is_gift_card,
        is_inferred
    from {{ ref('int_products_unified') }}

),

final as (

    select * from known

    union all

    select
        -1 as product_key,
        'all' as source_system,
        'Unknown' as product_id,
        'Unknown' as product_code,
        'Unknown' as product_name,
        'Uncategorised' as category,
        'Uncategorised' as sub_category,
        null as list_price,
        null as unit_cost,
        false as is_gift_card,
        false as is_inferred

)

select * from final
