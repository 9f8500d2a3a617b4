{# Grain: one row per order of a customer that was known as a sale twelve months before as_of_date:
   what it was worth then. #}
with

run_context as (

    select {{ add_months('as_of_date', -12) }} as backtest_date
    from {{ ref('run_context') }}

),

-- The history up to the end of that day, UTC.
events as (

    select
        events.order_key,
        statuses.is_recognised,
        row_number() over (
            partition by events.order_key
            order by events.event_sequence desc
        ) as event_rank
    from {{ ref('fct_order_status_events') }} as events
    inner join {{ ref('dim_order_statuses') }} as statuses
        on events.order_status_key = statuses.order_status_key
    cross join run_context
    where
        events.changed_at_utc
        < cast({{ add_days('run_context.backtest_date', 1) }} as {{ type_timestamp() }})

),

orders as (

    select
        orders.order_key,
        orders.customer_key,
        run_context.backtest_date,
        orders.order_date
    from {{ ref('fct_orders') }} as orders
    cross join run_context
    left join events
        on
            orders.order_key = events.order_key
            and events.event_rank = 1
    where
        orders.is_dated
        and orders.order_date <= run_context.backtest_date
        -- The reserved members, guests among them, are nobody in particular.
        and orders.customer_key > 0
        and coalesce(events.is_recognised, orders.is_recognised)

),

returned as (

    select
        return_lines.order_key,
        return_lines.line_number,
        cast(sum(return_lines.returned_units) as {{ type_integer() }}) as returned_units,
        cast(sum(return_lines.returned_amount) as {{ type_decimal(18, 4) }}) as returned_amount
    from {{ ref('fct_returns') }} as return_lines
    cross join run_context
    where
        return_lines.is_order_linked
        and return_lines.is_dated
        and return_lines.return_date <= run_context.backtest_date
    group by 1, 2

),

known_lines as (

    select
        sales.order_key,
        sales.ordered_units - coalesce(returned.returned_units, 0) as kept_units,
        sales.ordered_amount - coalesce(returned.returned_amount, 0) as net_sales_by_order_date,
        {{ kept_cost(
            'sales.ordered_cost', 'sales.ordered_units', 'coalesce(returned.returned_units, 0)'
        ) }} as cost_of_kept_units
    from {{ ref('fct_sales') }} as sales
    inner join orders
        on sales.order_key = orders.order_key
    left join returned
        on
            sales.order_key = returned.order_key
            and sales.line_number = returned.line_number
    where not sales.is_gift_card

),

line_totals as (

    select
        order_key,
        sum(kept_units) as kept_units,
        sum(net_sales_by_order_date) as net_sales_by_order_date,
        sum(case when cost_of_kept_units is not null then net_sales_by_order_date end)
            as net_sales_with_cost,
        sum(net_sales_by_order_date - cost_of_kept_units) as gross_margin
    from known_lines
    group by 1

),

final as (

    select
        orders.order_key,
        orders.customer_key,
        cast(coalesce(line_totals.kept_units, 0) as {{ type_integer() }}) as kept_units,
        cast(coalesce(line_totals.net_sales_by_order_date, 0) as {{ type_decimal(18, 4) }})
            as net_sales_by_order_date,
        cast(coalesce(line_totals.net_sales_with_cost, 0) as {{ type_decimal(18, 4) }})
            as net_sales_with_cost,
        cast(line_totals.gross_margin as {{ type_decimal(18, 4) }}) as gross_margin,
        orders.backtest_date,
        orders.order_date
    from orders
    left join line_totals
        on orders.order_key = line_totals.order_key

)

select * from final
