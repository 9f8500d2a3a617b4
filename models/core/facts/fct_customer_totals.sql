{# Grain: one row per customer of dim_customers, without the reserved members: what the customer's
   orders add up to, at as_of_date. #}
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
        sum(case when is_counted then 1 else 0 end) as orders_recognised,
        sum(case when is_qualifying then 1 else 0 end) as orders_qualifying,
        sum(case when is_cancelled then 1 else 0 end) as orders_cancelled,
        sum(case when is_counted and is_discounted then 1 else 0 end) as discounted_orders,
        sum(case when is_in_window then 1 else 0 end) as frequency,
        count(distinct case when is_dated_sale then order_date end) as order_days,
        count(distinct case when is_in_window then order_date end) as purchase_days,
        sum(case when is_counted then kept_units else 0 end) as units_kept,
        sum(case when is_counted then sales_after_discount else 0 end) as sales_after_discount,
        sum(case when is_counted then returns_by_order_date else 0 end) as returns_by_order_date,
        sum(case when is_counted then net_sales_by_order_date else 0 end)
            as net_sales_by_order_date,
        sum(case when is_counted then net_sales_with_cost else 0 end) as net_sales_with_cost,
        sum(case when is_in_window then net_sales_by_order_date else 0 end) as monetary,
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

-- The place of each customer when the one who spent most comes first.
ranked as (

    select
        customers.customer_key,
        row_number() over (
            order by coalesce(summed.monetary, 0) desc, customers.customer_key asc
        ) as monetary_number,
        coalesce(sum(summed.monetary) over (
            order by coalesce(summed.monetary, 0) desc, customers.customer_key asc
            rows between unbounded preceding and 1 preceding
        ), 0) as monetary_before,
        cast(sum(summed.monetary) over () as {{ type_decimal(20, 4) }}) as total_monetary
    from customers
    left join summed
        on customers.customer_key = summed.customer_key

),

final as (

    select
        customers.customer_key,
        customers.source_system,
        case
            when coalesce(summed.monetary, 0) <= 0 then 'Low'
            when
                ranked.monetary_before < ranked.total_monetary
                * cast({{ var('value_tier_high_share') }} as {{ type_decimal(6, 4) }})
                then 'High'
            when
                ranked.monetary_before < ranked.total_monetary
                * cast({{ var('value_tier_medium_share') }} as {{ type_decimal(6, 4) }})
                then 'Medium'
            else 'Low'
        end as value_tier,
        cast(coalesce(summed.orders_recognised, 0) as {{ type_integer() }}) as orders_recognised,
        cast(coalesce(summed.orders_qualifying, 0) as {{ type_integer() }}) as orders_qualifying,
        cast(coalesce(summed.orders_cancelled, 0) as {{ type_integer() }}) as orders_cancelled,
        cast(coalesce(summed.discounted_orders, 0) as {{ type_integer() }}) as discounted_orders,
        cast(coalesce(summed.frequency, 0) as {{ type_integer() }}) as frequency,
        cast(coalesce(summed.order_days, 0) as {{ type_integer() }}) as order_days,
        cast(coalesce(summed.purchase_days, 0) as {{ type_integer() }}) as purchase_days,
        cast(coalesce(summed.units_kept, 0) as {{ type_integer() }}) as units_kept,
        cast(coalesce(summed.sales_after_discount, 0) as {{ type_decimal(18, 4) }})
            as sales_after_discount,
        cast(coalesce(summed.returns_by_order_date, 0) as {{ type_decimal(18, 4) }})
            as returns_by_order_date,
        cast(coalesce(summed.net_sales_by_order_date, 0) as {{ type_decimal(18, 4) }})
            as net_sales_by_order_date,
        cast(coalesce(summed.net_sales_with_cost, 0) as {{ type_decimal(18, 4) }})
            as net_sales_with_cost,
        cast(coalesce(summed.monetary, 0) as {{ type_decimal(18, 4) }}) as monetary,
        cast(ranked.monetary_number as {{ type_integer() }}) as monetary_number,
        cast(ranked.monetary_before as {{ type_decimal(18, 4) }}) as monetary_before,
        cast(summed.gross_margin as {{ type_decimal(18, 4) }}) as gross_margin,
        {{ margin_rates('summed.gross_margin', 'summed.net_sales_with_cost') }},
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
    inner join ranked
        on customers.customer_key = ranked.customer_key
    cross join run_context
    left join summed
        on customers.customer_key = summed.customer_key

)

select * from final
