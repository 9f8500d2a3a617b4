{# Grain: one row: the days this build measures from, fixed once so that every model sees the same.
   #}
with

events as (

    select
        order_local_date as event_date,
        order_local_date as order_date
    from {{ ref('int_orders_screened') }}
    where row_outcome = 'accepted'

    union all

    select
        returned_local_date as event_date,
        null as order_date
    from {{ ref('int_returns_screened') }}
    where row_outcome = 'accepted'

    union all

    select
        paid_local_date as event_date,
        null as order_date
    from {{ ref('int_payments_screened') }}
    where row_outcome = 'accepted'

    union all

    select
        submitted_local_date as event_date,
        null as order_date
    from {{ ref('int_feedback_screened') }}
    where row_outcome = 'accepted'

    union all

    select
        opened_local_date as event_date,
        null as order_date
    from {{ ref('int_support_tickets_screened') }}
    where row_outcome = 'accepted'

),

ranges as (

    select
        coalesce(
            cast({{ "'" ~ var('as_of_date') ~ "'" if var('as_of_date') else 'null' }} as date),
            max(order_date)
        ) as as_of_date,
        min(event_date) as first_event_date,
        max(event_date) as last_event_date,
        min(order_date) as first_order_date
    from events

),

final as (

    select
        cast(1 as {{ type_integer() }}) as run_context_key,
        coalesce(as_of_date, {{ unknown_date() }}) as as_of_date,
        coalesce(first_event_date, as_of_date, {{ unknown_date() }}) as first_event_date,
        coalesce(last_event_date, as_of_date, {{ unknown_date() }}) as last_event_date,
        coalesce(first_order_date, as_of_date, {{ unknown_date() }}) as first_order_date,
        coalesce(first_order_date <= as_of_date, false) as has_orders
    from ranges

)

select * from final
