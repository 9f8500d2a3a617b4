{# Grain: one row per support ticket. #}
with

tickets as (

    select * from {{ ref('int_support_tickets_screened') }}
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
        {{ surrogate_key(['tickets.source_system', 'tickets.ticket_id']) }} as ticket_key,
        tickets.source_system,
        tickets.ticket_id,
        coalesce(tickets.order_key, -1) as order_key,
        coalesce(customers.customer_key, -1) as customer_key,
        {{ date_key('tickets.opened_local_date') }} as opened_date_key,
        tickets.ticket_type,
        coalesce(tickets.severity, 'unknown') as severity,
        {{ hours_between('tickets.opened_at_utc', 'tickets.first_response_at_utc') }}
            as first_response_hours,
        {{ hours_between('tickets.opened_at_utc', 'tickets.resolved_at_utc') }} as resolution_hours,
        case
            when tickets.resolved_at_utc is null then
                {{ days_between('tickets.opened_local_date', 'run_context.as_of_date') }}
        end as open_days,
        tickets.resolved_at_utc is not null as is_resolved,
        tickets.ticket_type = 'complaint' as is_complaint,
        tickets.opened_local_date > run_context.as_of_date as is_future,
        tickets.opened_local_date as opened_date,
        tickets.opened_at_utc,
        tickets.first_response_at_utc,
        tickets.resolved_at_utc
    from tickets
    left join customers
        on
            tickets.source_system = customers.source_system
            and tickets.customer_id = customers.customer_id
    cross join run_context

)

select * from final
