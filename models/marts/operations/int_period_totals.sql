{# Grain: one row per period_type and period_start_date of int_periods. The period 'all' includes
   what has no date; no other period does. #}
with

events as (

    select
        orders.order_date as event_date,
        orders.is_dated,
        orders.customer_key,
        case when orders.is_counted then 1 else 0 end as orders,
        case when orders.is_cancelled then 1 else 0 end as cancelled_orders,
        case when orders.is_qualifying then 1 else 0 end as qualifying_orders,
        orders.units_sold,
        orders.sales_after_discount,
        orders.net_sales_with_cost,
        orders.gross_margin,
        case when {{ is_mature('orders.order_date') }} then orders.sales_after_discount else 0 end
            as mature_sales,
        case when {{ is_mature('orders.order_date') }} then orders.returns_by_order_date else 0 end
            as mature_returns,
        0 as returns,
        orders.net_sales_by_order_date
    from {{ ref('fct_orders') }} as orders
    cross join {{ ref('run_context') }} as run_context
    where not orders.is_future

    union all

    select
        return_date as event_date,
        is_dated,
        customer_key,
        0 as orders,
        0 as cancelled_orders,
        0 as qualifying_orders,
        0 as units_sold,
        0 as sales_after_discount,
        0 as net_sales_with_cost,
        0 as gross_margin,
        0 as mature_sales,
        0 as mature_returns,
        returns,
        -- Credit notes that name no order count on their own day on either basis.
        case when is_order_linked then 0 else -returns end as net_sales_by_order_date
    from {{ ref('fct_returns') }}
    where is_counted

),

dated_events as (

    select
        {{ start_of_month('events.event_date') }} as month_start_date,
        events.*
    from events
    where events.is_dated

),

events_in_periods as (

    select
        'all' as period_type,
        {{ unknown_date() }} as period_start_date,
        {{ unknown_date() }} as month_start_date,
        events.*
    from events

    union all

    select
        'year' as period_type,
        {{ add_months('month_start_date', '1 - month(month_start_date)') }} as period_start_date,
        dated_events.*
    from dated_events

    union all

    select
        'month' as period_type,
        month_start_date as period_start_date,
        dated_events.*
    from dated_events

),

customer_totals as (

    select
        period_type,
        period_start_date,
        customer_key,
        sum(orders) as orders,
        sum(cancelled_orders) as cancelled_orders,
        sum(qualifying_orders) as qualifying_orders,
        sum(units_sold) as units_sold,
        sum(sales_after_discount) as sales_after_discount,
        sum(net_sales_with_cost) as net_sales_with_cost,
        sum(gross_margin) as gross_margin,
        sum(mature_sales) as mature_sales,
        sum(mature_returns) as mature_returns,
        sum(returns) as returns,
        sum(net_sales_by_order_date) as net_sales_by_order_date
    from events_in_periods
    group by 1, 2, 3

),

totals as (

    select
        period_type,
        period_start_date,
        sum(case when customer_key > 0 then orders else 0 end) as customer_orders,
        sum(orders) as orders,
        sum(cancelled_orders) as cancelled_orders,
        sum(qualifying_orders) as qualifying_orders,
        sum(units_sold) as units_sold,
        count(case when customer_key > 0 and orders > 0 then 1 end) as customers,
        count(case when customer_key > 0 and qualifying_orders > 0 then 1 end)
            as qualifying_customers,
        count(case when customer_key > 0 and qualifying_orders > 1 then 1 end) as repeat_customers,
        sum(sales_after_discount) as sales_after_discount,
        sum(net_sales_with_cost) as net_sales_with_cost,
        sum(gross_margin) as gross_margin,
        sum(mature_sales) as mature_sales,
        sum(mature_returns) as mature_returns,
        sum(returns) as returns,
        sum(net_sales_by_order_date) as net_sales_by_order_date,
        sum(case when customer_key = -2 then net_sales_by_order_date else 0 end) as guest_net_sales
    from customer_totals
    group by 1, 2

),

final as (

    select
        periods.period_type,
        periods.period_start_date,
        cast(coalesce(totals.customer_orders, 0) as {{ type_integer() }}) as customer_orders,
        cast(coalesce(totals.orders, 0) as {{ type_integer() }}) as orders,
        cast(coalesce(totals.cancelled_orders, 0) as {{ type_integer() }}) as cancelled_orders,
        cast(coalesce(totals.qualifying_orders, 0) as {{ type_integer() }}) as qualifying_orders,
        cast(coalesce(totals.units_sold, 0) as {{ type_integer() }}) as units_sold,
        cast(coalesce(totals.customers, 0) as {{ type_integer() }}) as customers,
        cast(coalesce(totals.qualifying_customers, 0) as {{ type_integer() }})
            as qualifying_customers,
        cast(coalesce(totals.repeat_customers, 0) as {{ type_integer() }}) as repeat_customers,
        cast(coalesce(totals.sales_after_discount, 0) as {{ type_decimal(18, 4) }})
            as sales_after_discount,
        cast(coalesce(totals.net_sales_with_cost, 0) as {{ type_decimal(18, 4) }})
            as net_sales_with_cost,
        cast(coalesce(totals.gross_margin, 0) as {{ type_decimal(18, 4) }}) as gross_margin,
        cast(coalesce(totals.mature_sales, 0) as {{ type_decimal(18, 4) }}) as mature_sales,
        cast(coalesce(totals.mature_returns, 0) as {{ type_decimal(18, 4) }}) as mature_returns,
        cast(coalesce(totals.returns, 0) as {{ type_decimal(18, 4) }}) as returns,
        cast(coalesce(totals.net_sales_by_order_date, 0) as {{ type_decimal(18, 4) }})
            as net_sales_by_order_date,
        cast(coalesce(totals.guest_net_sales, 0) as {{ type_decimal(18, 4) }}) as guest_net_sales,
        periods.is_complete
    from {{ ref('int_periods') }} as periods
    left join totals
        on
            periods.period_type = totals.period_type
            and periods.period_start_date = totals.period_start_date

)

select * from final
