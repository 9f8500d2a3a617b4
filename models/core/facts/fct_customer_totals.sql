{# Grain: one row per customer of dim_customers, without the reserved members: what the customer's
   orders add up to, at as_of_date. #}
{%- set counts = {
    'orders_recognised': 'is_counted',
    'orders_qualifying': 'is_qualifying',
    'orders_cancelled': 'is_cancelled',
    'discounted_orders': 'is_counted and is_discounted',
    'frequency': 'is_in_window'
} %}
{%- set distinct_days = {'order_days': 'is_dated_sale', 'purchase_days': 'is_in_window'} %}
{%- set amounts = ['sales_after_discount', 'returns_ord', 'net_sales_ord', 'net_sales_with_cost'] %}
with

customers as (

    select * from {{ ref('dim_customers') }}
    where not is_reserved

),

run_context as (

    select * from {{ ref('run_context') }}

),

orders as (

    select
        orders.*,
        orders.is_counted and orders.is_dated as is_dated_sale,
        orders.is_qualifying and orders.is_dated as is_dated_purchase,
        orders.is_qualifying
        and orders.is_dated
        and orders.order_date > {{ add_days('run_context.as_of_date', -var('rfm_window_days')) }}
            as is_in_window
    from {{ ref('fct_orders') }} as orders
    cross join run_context
    -- The reserved members, guests among them, are nobody in particular.
    where orders.customer_key > 0

),

summed as (

    select
        customer_key,
        {%- for total, condition in counts.items() %}
        sum(case when {{ condition }} then 1 else 0 end) as {{ total }},
        {%- endfor %}
        {%- for total, condition in distinct_days.items() %}
        count(distinct case when {{ condition }} then order_date end) as {{ total }},
        {%- endfor %}
        sum(case when is_counted then kept_units else 0 end) as units_kept,
        {%- for amount in amounts %}
        sum(case when is_counted then {{ amount }} else 0 end) as {{ amount }},
        {%- endfor %}
        sum(case when is_in_window then net_sales_ord else 0 end) as monetary,
        sum(case when is_counted then gross_margin end) as gross_margin,
        -- Days that stand for none: MySQL 9 makes 0000-00-00 of the first and last of no days.
        min(case when is_dated_sale then order_date else cast('9999-12-31' as date) end)
            as first_order_date,
        max(case when is_dated_sale then order_date else {{ unknown_date() }} end)
            as last_order_date,
        max(case when is_dated_purchase then order_date else {{ unknown_date() }} end)
            as last_qualifying_date
    from orders
    group by 1

),

final as (

    select
        customers.customer_key,
        customers.source_system,
        {%- for total in (counts | list) + (distinct_days | list) + ['units_kept'] %}
        cast(coalesce(summed.{{ total }}, 0) as {{ type_integer() }}) as {{ total }},
        {%- endfor %}
        {%- for amount in amounts + ['monetary'] %}
        cast(coalesce(summed.{{ amount }}, 0) as {{ type_decimal(18, 4) }}) as {{ amount }},
        {%- endfor %}
        cast(summed.gross_margin as {{ type_decimal(18, 4) }}) as gross_margin,
        case
            when summed.order_days > 0
                then {{ days_between('summed.first_order_date', 'run_context.as_of_date') }}
        end as tenure_days,
        case
            when summed.last_qualifying_date > {{ unknown_date() }}
                then {{ days_between('summed.last_qualifying_date', 'run_context.as_of_date') }}
        end as recency_days,
        coalesce(summed.orders_recognised, 0) > 0
        and coalesce(summed.orders_qualifying, 0) = 0 as has_only_returned_orders,
        case when summed.order_days > 0 then summed.first_order_date end as first_order_date,
        case when summed.order_days > 0 then summed.last_order_date end as last_order_date,
        case
            when summed.last_qualifying_date > {{ unknown_date() }} then summed.last_qualifying_date
        end as last_qualifying_date
    from customers
    cross join run_context
    left join summed
        on customers.customer_key = summed.customer_key

)

select * from final
