{# Grain: one row per subscription period of a customer. #}
with

subscriptions as (

    select * from {{ ref('int_subscriptions_screened') }}
    where row_outcome = 'accepted'

),

customers as (

    select * from {{ ref('int_customers_unified') }}

),

run_context as (

    select * from {{ ref('run_context') }}

),

final as (

    select
        {{ surrogate_key(['subscriptions.source_system', 'subscriptions.subscription_id']) }}
            as subscription_key,
        subscriptions.source_system,
        subscriptions.subscription_id,
        coalesce(customers.customer_key, -1) as customer_key,
        coalesce(subscriptions.plan_name, 'Unknown') as plan_name,
        cast(subscriptions.monthly_fee_amount as {{ type_decimal(18, 2) }}) as monthly_fee_amount,
        coalesce(subscriptions.started_local_date <= run_context.as_of_date, true)
        and coalesce(subscriptions.ended_local_date >= run_context.as_of_date, true) as is_running,
        coalesce(subscriptions.started_local_date, {{ unknown_date() }}) as started_date,
        subscriptions.ended_local_date as ended_date
    from subscriptions
    left join customers
        on
            subscriptions.source_system = customers.source_system
            and subscriptions.customer_id = customers.customer_id
    cross join run_context

)

select * from final
