{# In each month, and without one, the states of mart_order_status_by_month add up to the orders of
   the facts, and the funnel starts from the same orders: placed are all of them, confirmed the
   recognised. Each of the three has the same months. #}
with

facts as (

    select
        {{ start_of_month('order_date') }} as month_start_date,
        count(*) as orders,
        sum(case when is_recognised then 1 else 0 end) as recognised_orders,
        sum(ordered_units) as ordered_units,
        sum(ordered_amount) as ordered_amount
    from {{ ref('fct_orders') }}
    where not is_future
    group by 1

),

statuses as (

    select
        coalesce(month_start_date, {{ unknown_date() }}) as month_start_date,
        sum(orders) as orders,
        sum(case when is_recognised then orders else 0 end) as recognised_orders,
        sum(ordered_units) as ordered_units,
        sum(ordered_amount) as ordered_amount,
        sum(share_of_orders) as share_of_orders
    from {{ ref('mart_order_status_by_month') }}
    group by 1

),

funnel as (

    select
        coalesce(month_start_date, {{ unknown_date() }}) as month_start_date,
        placed_orders,
        confirmed_orders
    from {{ ref('mart_order_funnel') }}

)

select
    statuses.month_start_date,
    statuses.orders,
    facts.orders as fact_orders,
    funnel.placed_orders
from statuses
left join facts
    on statuses.month_start_date = facts.month_start_date
left join funnel
    on statuses.month_start_date = funnel.month_start_date
where
    statuses.orders <> coalesce(facts.orders, 0)
    or statuses.recognised_orders <> coalesce(facts.recognised_orders, 0)
    or statuses.ordered_units <> coalesce(facts.ordered_units, 0)
    or statuses.ordered_amount <> coalesce(facts.ordered_amount, 0)
    or abs(statuses.share_of_orders - 1) > 0.00001
    or statuses.orders <> coalesce(funnel.placed_orders, -1)
    or statuses.recognised_orders <> coalesce(funnel.confirmed_orders, -1)

union all

-- Each period of the facts has its rows.
select
    facts.month_start_date,
    null as orders,
    facts.orders as fact_orders,
    null as placed_orders
from facts
left join statuses
    on facts.month_start_date = statuses.month_start_date
where statuses.month_start_date is null

union all

-- The funnel has the same periods.
select
    funnel.month_start_date,
    null as orders,
    null as fact_orders,
    funnel.placed_orders
from funnel
left join statuses
    on funnel.month_start_date = statuses.month_start_date
where statuses.month_start_date is null
