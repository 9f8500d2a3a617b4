{# Grain: one row per month and customer state, every state in every month from the first cohort to
   as_of_date. #}
with

customer_months as (

    select * from {{ ref('fct_customer_months') }}

),

months as (

    select
        month_start_date,
        is_complete,
        count(*) as all_customers
    from customer_months
    group by 1, 2

),

states as (

    select 'new' as customer_state

    union all

    select 'retained' as customer_state

    union all

    select 'reactivated' as customer_state

    union all

    select 'lapsed' as customer_state

    union all

    select 'dormant' as customer_state

),

summed as (

    select
        month_start_date,
        customer_state,
        count(*) as customers,
        sum(orders) as orders,
        sum(net_sales_by_order_date) as net_sales_by_order_date
    from customer_months
    group by 1, 2

),

final as (

    select
        months.month_start_date,
        states.customer_state,
        coalesce(summed.customers, 0) as customers,
        {{ safe_divide('coalesce(summed.customers, 0)', 'months.all_customers') }}
            as share_of_customers,
        cast(coalesce(summed.orders, 0) as {{ type_integer() }}) as orders,
        cast(coalesce(summed.net_sales_by_order_date, 0) as {{ type_decimal(18, 4) }})
            as net_sales_by_order_date,
        months.is_complete
    from months
    cross join states
    left join summed
        on
            months.month_start_date = summed.month_start_date
            and states.customer_state = summed.customer_state

)

select * from final
