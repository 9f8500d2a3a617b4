{# Grain: one row per product and version of the tracked attributes, half-open in time. #}
{%- set tracked = ['category', 'sub_category', 'list_price', 'unit_cost'] %}
with

changes as (

    select * from {{ ref('int_product_changes_screened') }}
    where row_outcome = 'accepted'

),

products as (

    select * from {{ ref('int_products_unified') }}

),

logged as (

    select
        products.product_key,
        changes.changed_at_utc,
        changes.change_sequence,
        coalesce(changes.category, products.category) as category,
        coalesce(changes.sub_category, products.sub_category) as sub_category,
        changes.list_price,
        changes.unit_cost
    from changes
    inner join products
        on
            changes.source_system = products.source_system
            and changes.product_id = products.product_id

),

{{ history_versions('product_key', 'product_history_key', tracked, today='products') }}

select * from final
