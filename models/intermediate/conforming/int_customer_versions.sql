{# Grain: one row per customer and version of the tracked attributes, half-open in time. #}
with

changes as (

    select * from {{ ref('int_customer_changes_screened') }}
    where
        row_outcome = 'accepted'
        and not coalesce(is_deleted, false)

),

customers as (

    select * from {{ ref('int_customers_unified') }}

),

states as (

    select * from {{ ref('states') }}

),

logged as (

    select
        customers.customer_key,
        changes.changed_at_utc,
        changes.change_sequence,
        changes.gender,
        changes.annual_income,
        changes.spending_score,
        changes.segment,
        coalesce(changes.is_subscriber, false) as is_subscriber,
        changes.country,
        coalesce(changes.region, states.region) as region,
        coalesce(states.state, changes.state) as state,
        changes.city
    from changes
    inner join customers
        on
            changes.source_system = customers.source_system
            and changes.customer_id = customers.customer_id
    left join states
        on
            changes.country = states.country
            and changes.state = states.state_text

),

last_logged as (

    select
        customer_key,
        max(changed_at_utc) as last_changed_at_utc
    from logged
    group by 1

),

events as (

    select * from logged

    union all

    -- The row of today is the last change, whether or not the log has it.
    select
        customers.customer_key,
        case
            when customers.updated_at_utc > last_logged.last_changed_at_utc
                then customers.updated_at_utc
            else coalesce(
                last_logged.last_changed_at_utc,
                customers.updated_at_utc,
                cast({{ unknown_date() }} as {{ type_timestamp() }})
            )
        end as changed_at_utc,
        9223372036854775807 as change_sequence,
        customers.gender,
        customers.annual_income,
        customers.spending_score,
        customers.segment,
        customers.is_subscriber,
        customers.country,
        customers.region,
        customers.state,
        customers.city
    from customers
    left join last_logged
        on customers.customer_key = last_logged.customer_key

),

ranked as (

    select
        *,
        row_number() over (
            partition by customer_key, changed_at_utc
            order by change_sequence desc
        ) as rank_at_instant,
        {{ surrogate_key([
            'gender', 'annual_income', 'spending_score', 'segment', 'is_subscriber', 'country',
            'region', 'state', 'city'
        ]) }} as attributes_hash
    from events

),

-- Of changes at one instant the last counts.
compared as (

    select
        *,
        lag(attributes_hash) over (partition by customer_key order by changed_at_utc)
            as previous_hash
    from ranked
    where rank_at_instant = 1

),

-- Changes that change nothing are dropped.
numbered as (

    select
        *,
        row_number() over (partition by customer_key order by changed_at_utc) as version_number
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
        {{ surrogate_key(['customer_key', 'version_number']) }} as customer_history_key,
        customer_key,
        version_number,
        gender,
        annual_income,
        spending_score,
        segment,
        is_subscriber,
        country,
        region,
        state,
        city,
        coalesce(
            lead(valid_from) over (partition by customer_key order by version_number),
            cast('9999-12-31' as {{ type_timestamp() }})
        ) as valid_to,
        valid_from,
        lead(version_number) over (partition by customer_key order by version_number) is null
            as is_current
    from opened

)

select * from final
