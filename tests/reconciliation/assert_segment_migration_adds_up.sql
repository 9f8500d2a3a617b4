{# The moves of a month end with all customers of that month, and begin where the moves of the month
   before ended. #}
with

moves as (

    select * from {{ ref('mart_segment_migration') }}

),

arrived as (

    select
        month_start_date,
        to_segment,
        sum(customers) as customers
    from moves
    group by 1, 2

),

departed as (

    select
        {{ add_months('month_start_date', -1) }} as month_before,
        from_segment,
        sum(customers) as customers
    from moves
    where from_segment <> 'Not yet a customer'
    group by 1, 2

),

arrived_in_all as (

    select
        month_start_date,
        sum(customers) as customers
    from arrived
    group by 1

),

population as (

    select
        month_start_date,
        count(*) as customers
    from {{ ref('fct_customer_months') }}
    group by 1

)

select
    population.month_start_date,
    'all' as segment,
    population.customers as expected_customers,
    arrived_in_all.customers
from population
left join arrived_in_all
    on population.month_start_date = arrived_in_all.month_start_date
where population.customers <> coalesce(arrived_in_all.customers, 0)

union all

select
    arrived.month_start_date,
    arrived.to_segment as segment,
    arrived.customers as expected_customers,
    departed.customers
from arrived
left join departed
    on
        arrived.month_start_date = departed.month_before
        and arrived.to_segment = departed.from_segment
where
    arrived.customers <> coalesce(departed.customers, 0)
    and arrived.month_start_date < (select max(moves.month_start_date) from moves)
