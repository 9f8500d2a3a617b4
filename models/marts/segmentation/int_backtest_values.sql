{# Grain: one row per customer of int_backtest_customers, when the business had sold for twelve
   months by then: what the customer was expected to bring in the twelve months since, and what the
   customer brought. #}
{%- set values = ['predicted', 'actual', 'naive'] %}
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
        {{ margin_rates('customers.gross_margin', 'customers.net_sales_with_cost') }}
    from customers
    inner join segments
        on customers.segment = segments.segment

),

yearly as (

    {{ value_of_a_year('joined') }}

),

-- The margin of the orders since, where that of then is known, too: all values are in one unit.
realised as (

    select
        *,
        case
            when customer_lifetime_value_basis = 'margin'
                then coalesce(
                    {{ safe_divide('later_gross_margin', 'later_net_sales_with_cost') }},
                    used_margin_rate
                )
            else 1
        end as later_margin_rate
    from yearly

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
        {%- for value in values %}
        {{ value }}_value_12_months,
        {%- endfor %}
        {%- for value in values %}
        {{ quantile_score(value ~ '_value_12_months', 'asc', 10) }} as {{ value }}_decile,
        {%- endfor %}
        later_orders > 0 as is_buyer,
        backtest_date
    from valued

)

select * from final
