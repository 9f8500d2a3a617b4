{# Where do orders get lost? The steps from placed to kept, over all time and for the latest months,
   with what was lost at each. Orders of the last weeks may simply not have arrived yet: compare
   months that are old enough. lost_since_previous_step counts what did not get here. #}
with

funnel as (

    select
        period_type,
        period_start_date,
        step_number,
        funnel_step,
        orders,
        share_of_placed,
        share_of_previous_step,
        average_days_from_order,
        lag(orders) over (
            partition by period_type, period_start_date
            order by step_number
        ) as previous_orders
    from {{ ref('mart_order_funnel') }}

)

select
    funnel.period_type,
    funnel.period_start_date,
    funnel.step_number,
    funnel.funnel_step,
    funnel.orders,
    funnel.previous_orders - funnel.orders as lost_since_previous_step,
    funnel.share_of_placed,
    funnel.share_of_previous_step,
    funnel.average_days_from_order
from funnel
cross join {{ ref('run_context') }} as run_context
where
    funnel.period_type = 'all'
    or funnel.period_start_date > {{ add_months('run_context.as_of_date', -6) }}
order by funnel.period_type, funnel.period_start_date, funnel.step_number
