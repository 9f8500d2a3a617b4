{# In all time and in each month the states of mart_order_status add up to the orders of the facts,
   and the funnel starts from the same orders: placed are all of them, confirmed the recognised. #}
with

orders as (

    select
        order_date,
        is_dated,
        case when is_recognised then 1 else 0 end as recognised_orders,
        ordered_units,
        ordered_amount
    from {{ ref('fct_orders') }}
    where not is_future

),

facts as (

    {% for period_type, start in [
        ['all', unknown_date()], ['month', start_of_month('order_date')]
    ] -%}
    select
        '{{ period_type }}' as period_type,
        {{ start }} as period_start_date,
        count(*) as orders,
        sum(recognised_orders) as recognised_orders,
        sum(ordered_units) as ordered_units,
        sum(ordered_amount) as ordered_amount
    from orders
    where {{ '1 = 1' if period_type == 'all' else 'is_dated' }}
    group by 1, 2
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
),

statuses as (

    select
        period_type,
        period_start_date,
        sum(orders) as orders,
        sum(case when is_recognised then orders else 0 end) as recognised_orders,
        sum(ordered_units) as ordered_units,
        sum(ordered_amount) as ordered_amount,
        sum(share_of_orders) as share_of_orders
    from {{ ref('mart_order_status') }}
    group by 1, 2

),

funnel as (

    select
        period_type,
        period_start_date,
        sum(case when funnel_step = 'placed' then orders else 0 end) as placed_orders,
        sum(case when funnel_step = 'confirmed' then orders else 0 end) as confirmed_orders
    from {{ ref('mart_order_funnel') }}
    group by 1, 2

)

select
    statuses.period_type,
    statuses.period_start_date,
    statuses.orders,
    facts.orders as fact_orders,
    funnel.placed_orders
from statuses
left join facts
    on
        statuses.period_type = facts.period_type
        and statuses.period_start_date = facts.period_start_date
left join funnel
    on
        statuses.period_type = funnel.period_type
        and statuses.period_start_date = funnel.period_start_date
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
    facts.period_type,
    facts.period_start_date,
    null as orders,
    facts.orders as fact_orders,
    null as placed_orders
from facts
left join statuses
    on
        facts.period_type = statuses.period_type
        and facts.period_start_date = statuses.period_start_date
where statuses.period_type is null
