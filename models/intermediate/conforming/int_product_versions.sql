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

last_logged as (

    select
        product_key,
        max(changed_at_utc) as last_changed_at_utc
    from logged
    group by 1

),

events as (

    select * from logged

    union all

    -- The product's row of today is the last change, whether or not the log has it.
    select
        products.product_key,
        case
            when products.updated_at_utc > last_logged.last_changed_at_utc
                then products.updated_at_utc
            else coalesce(
                last_logged.last_changed_at_utc,
                products.updated_at_utc,
                cast({{ unknown_date() }} as {{ type_timestamp() }})
            )
        end as changed_at_utc,
        9223372036854775807 as change_sequence,
        products.{{ tracked | join(',\n        products.') }}
    from products
    left join last_logged
        on products.product_key = last_logged.product_key

),

{{ history_versions('product_key', 'product_history_key', tracked) }}

select * from final
