{# Grain: one row per customer with a qualifying order known twelve months before as_of_date: what
   was known of the customer then, and what the customer ordered since. #}
with

run_context as (

    select
        {{ add_months('as_of_date', -12) }} as backtest_date,
        {{ add_months('as_of_date', -24) }} as year_before_date
    from {{ ref('run_context') }}

),

known as (

    select
        orders.customer_key,
        run_context.backtest_date,
        sum(case when orders.kept_units > 0 then 1 else 0 end) as orders_qualifying,
        sum(orders.net_sales_by_order_date) as net_sales_by_order_date,
        sum(orders.net_sales_with_cost) as net_sales_with_cost,
        sum(orders.gross_margin) as gross_margin,
        sum(
            case
                when orders.order_date > run_context.year_before_date
                    then orders.net_sales_by_order_date
                else 0
            end
        ) as net_sales_of_year_before,
        min(orders.order_date) as first_order_date
    from {{ ref('int_backtest_orders') }} as orders
    cross join run_context
    group by 1, 2

),

later as (

    select
        orders.customer_key,
        count(*) as orders,
        sum(orders.net_sales_by_order_date) as net_sales_by_order_date,
        sum(orders.net_sales_with_cost) as net_sales_with_cost,
        sum(orders.gross_margin) as gross_margin
    from {{ ref('fct_orders') }} as orders
    cross join run_context
    where
        orders.is_counted
        and orders.is_dated
        and orders.order_date > run_context.backtest_date
        and orders.customer_key > 0
    group by 1

),

final as (

    select
        known.customer_key,
        versions.segment,
        cast(known.orders_qualifying as {{ type_integer() }}) as orders_qualifying,
        cast(known.net_sales_by_order_date as {{ type_decimal(18, 4) }}) as net_sales_by_order_date,
        cast(known.net_sales_with_cost as {{ type_decimal(18, 4) }}) as net_sales_with_cost,
        cast(known.gross_margin as {{ type_decimal(18, 4) }}) as gross_margin,
        cast(known.net_sales_of_year_before as {{ type_decimal(18, 4) }})
            as net_sales_of_year_before,
        cast(coalesce(later.orders, 0) as {{ type_integer() }}) as later_orders,
        cast(coalesce(later.net_sales_by_order_date, 0) as {{ type_decimal(18, 4) }})
            as later_net_sales_by_order_date,
        cast(coalesce(later.net_sales_with_cost, 0) as {{ type_decimal(18, 4) }})
            as later_net_sales_with_cost,
        cast(later.gross_margin as {{ type_decimal(18, 4) }}) as later_gross_margin,
        {{ days_between('known.first_order_date', 'known.backtest_date') }} as tenure_days,
        known.backtest_date,
        known.first_order_date
    from known
    -- The version valid at the end of that day, UTC.
    inner join {{ ref('dim_customers_history') }} as versions
        on
            known.customer_key = versions.customer_key
            and versions.valid_from
            <= cast({{ add_days('known.backtest_date', 1) }} as {{ type_timestamp() }})
            and versions.valid_to
            > cast({{ add_days('known.backtest_date', 1) }} as {{ type_timestamp() }})
    left join later
        on known.customer_key = later.customer_key
    where known.orders_qualifying > 0

)

select * from final
