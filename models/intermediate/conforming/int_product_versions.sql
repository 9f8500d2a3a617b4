{# Grain: one row per product and version of the tracked attributes, half-open in time. #}
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

    -- The row of today is the last change, whether or not the log has it.
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
        products.category,
        products.sub_category,
        products.list_price,
        products.unit_cost
    from products
    left join last_logged
        on products.product_key = last_logged.product_key

),

ranked as (

    select
        *,
        row_number() over (
            partition by product_key, changed_at_utc
            order by change_sequence desc
        ) as rank_at_instant,
        {{ surrogate_key([
            'category', 'sub_category', 'list_price', 'unit_cost'
        ]) }} as attributes_hash
    from events

),

-- Of changes at one instant the last counts.
compared as (

    select
        *,
        lag(attributes_hash) over (partition by product_key order by changed_at_utc)
            as previous_hash
    from ranked
    where rank_at_instant = 1

),

-- Changes that change nothing are dropped.
numbered as (

    select
        *,
        row_number() over (partition by product_key order by changed_at_utc) as version_number
    from compared
    where
        previous_hash is null
        or previous_hash <> attributes_hash

),

-- The first version is valid from the beginning of time, so that early facts find it.
opened as (

    select
        *,
        case
            when version_number = 1 then cast({{ unknown_date() }} as {{ type_timestamp() }})
            else changed_at_utc
        end as valid_from
    from numbered

),

final as (

    select
        {{ surrogate_key(['product_key', 'version_number']) }} as product_history_key,
        product_key,
        version_number,
        category,
        sub_category,
        list_price,
        unit_cost,
        coalesce(
            lead(valid_from) over (partition by product_key order by version_number),
            cast('9999-12-31' as {{ type_timestamp() }})
        ) as valid_to,
        valid_from,
        lead(version_number) over (partition by product_key order by version_number) is null
            as is_current
    from opened

)

select * from final
