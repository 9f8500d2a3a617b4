{# Grain: one row per product: every accepted product, and inferred ones that only a line or a
   return names. #}
with

accepted as (

    select * from {{ ref('int_products_screened') }}
    where row_outcome = 'accepted'

),

named as (

    select
        source_system,
        product_id
    from {{ ref('int_order_items_screened') }}
    where row_outcome = 'accepted'

    union

    select
        source_system,
        product_id
    from {{ ref('int_returns_screened') }}
    where
        row_outcome = 'accepted'
        and product_id is not null

    union

    select
        source_system,
        product_id
    from accepted

),

final as (

    select
        {{ surrogate_key(['named.source_system', 'named.product_id']) }} as product_key,
        named.source_system,
        named.product_id,
        coalesce(accepted.product_code, named.product_id) as product_code,
        coalesce(accepted.product_name, named.product_id) as product_name,
        coalesce(accepted.category, 'Uncategorised') as category,
        coalesce(accepted.sub_category, accepted.category, 'Uncategorised') as sub_category,
        accepted.list_price,
        accepted.unit_cost,
        coalesce(accepted.is_gift_card, false) as is_gift_card,
        accepted.updated_at_utc,
        accepted.product_id is null as is_inferred
    from named
    left join accepted
        on
            named.source_system = accepted.source_system
            and named.product_id = accepted.product_id

)

select * from final
