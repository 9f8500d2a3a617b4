{# Grain: one row per customer of int_backtest_customers, when the business had sold for twelve
   months by then: what the customer was expected to bring in the twelve months since, and what the
   customer brought. #}
with

customers as (

    select customers.*
    from {{ ref('int_backtest_customers') }} as customers
    cross join {{ ref('run_context') }} as run_context
    where {{ has_backtest_history('run_context') }}

),

segments as (

    select
        segment,
        {{ safe_divide('sum(net_sales_by_order_date)', 'sum(orders_qualifying)') }}
            as segment_average_order_value_net
    from customers
    group by 1

),

joined as (

    select
        customers.*,
        segments.segment_average_order_value_net,
        {{ tenure_years('customers.tenure_days') }} as tenure_years,
        {{ margin_rates('customers.gross_margin', 'customers.net_sales_with_cost') }}
    from customers
    inner join segments
        on customers.segment = segments.segment

),

-- As in mart_customer_lifetime_value, whose formula is tried.
expected as (

    select
        *,
        case when margin_rate is null then 'revenue' else 'margin' end
            as customer_lifetime_value_basis,
        {{ orders_per_year('orders_qualifying', 'tenure_years') }} as orders_per_year,
        {{ shrunk_order_value(
            'net_sales_by_order_date', 'orders_qualifying', 'segment_average_order_value_net'
        ) }} as average_order_value_shrunk
    from joined

),

-- The margin of the orders since, where that of then is known, too: all values are in one unit.
realised as (

    select
        *,
        {{ rounded_product('average_order_value_shrunk', 'orders_per_year') }} as net_sales_of_year,
        case
            when margin_rate is null then 1
            else coalesce(
                {{ safe_divide('later_gross_margin', 'later_net_sales_with_cost') }},
                used_margin_rate
            )
        end as later_margin_rate
    from expected

),

valued as (

    select
        *,
        {{ rounded_product('net_sales_of_year', 'used_margin_rate') }}
            as predicted_value_12_months,
        {{ rounded_product('later_net_sales_by_order_date', 'later_margin_rate') }}
            as actual_value_12_months,
        {{ rounded_product('net_sales_of_year_before', 'used_margin_rate') }}
            as naive_value_12_months
    from realised

),

final as (

    select
        customer_key,
        segment,
        customer_lifetime_value_basis,
        orders_per_year,
        average_order_value_shrunk,
        cast(used_margin_rate as {{ type_decimal(18, 6) }}) as margin_rate,
        predicted_value_12_months,
        actual_value_12_months,
        naive_value_12_months,
        {{ quantile_score('predicted_value_12_months', 'asc', 10) }} as predicted_decile,
        {{ quantile_score('actual_value_12_months', 'asc', 10) }} as actual_decile,
        {{ quantile_score('naive_value_12_months', 'asc', 10) }} as naive_decile,
        later_orders > 0 as is_buyer,
        backtest_date
    from valued

)

select * from final
