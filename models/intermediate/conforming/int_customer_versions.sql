{# Grain: one row per customer and version of the tracked attributes, half-open in time. #}
{%- set tracked = [
    'gender', 'annual_income', 'spending_score', 'segment', 'is_subscriber',
    'country', 'region', 'state', 'city'
] %}
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

    -- The customer's row of today is the last change, whether or not the log has it.
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
        customers.{{ tracked | join(',\n        customers.') }}
    from customers
    left join last_logged
        on customers.customer_key = last_logged.customer_key

),

{{ history_versions('customer_key', 'customer_history_key', tracked) }}

select * from final
