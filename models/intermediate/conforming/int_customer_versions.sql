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

{{ history_versions('customer_key', 'customer_history_key', tracked, today='customers') }}

select * from final
