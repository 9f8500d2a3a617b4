{# Grain: one row per subscriber group, always both. #}
{%- set cost = 'cast(%s as %s)' | format(var('subscription_cost') or 'null', type_decimal(18, 4)) %}
with

customers as (

    select
        totals.*,
        case when people.is_subscriber then 'Subscriber' else 'Other' end as subscriber_group
    from {{ ref('fct_customer_totals') }} as totals
    inner join {{ ref('dim_customers') }} as people
        on totals.customer_key = people.customer_key

),

subscriptions as (

    select
        customers.subscriber_group,
        count(*) as running_subscriptions,
        sum(subscriptions.monthly_fee_amount) as monthly_fees
    from {{ ref('fct_subscriptions') }} as subscriptions
    inner join customers
        on subscriptions.customer_key = customers.customer_key
    where subscriptions.is_running
    group by 1

),

summed as (

    select
        subscriber_group,
        count(*) as customers,
        sum(case when orders_qualifying >= 1 then 1 else 0 end) as buyers,
        sum(case when orders_qualifying >= 2 then 1 else 0 end) as repeat_buyers,
        sum(orders_recognised) as orders_recognised,
        sum(case when tenure_days >= 365 then 1 else 0 end) as mature_customers,
        sum(case when tenure_days >= 365 and recency_days < 365 then 1 else 0 end)
            as retained_mature_customers,
        sum(sales_after_discount) as sales_after_discount,
        sum(net_sales_by_order_date) as net_sales_by_order_date,
        sum(gross_margin) as gross_margin,
        {{ squared_error_of_mean('net_sales_by_order_date') }} as squared_error
    from customers
    group by 1

),

subscriber_groups as (

    -- Subscribers are compared with the others; the others with nobody.
    select
        'Subscriber' as subscriber_group,
        'Other' as other_group
    union all
    select
        'Other' as subscriber_group,
        'None' as other_group

),

filled as (

    select
        subscriber_groups.subscriber_group,
        subscriber_groups.other_group,
        cast(coalesce(summed.customers, 0) as {{ type_integer() }}) as customers,
        cast(coalesce(summed.buyers, 0) as {{ type_integer() }}) as buyers,
        cast(coalesce(summed.repeat_buyers, 0) as {{ type_integer() }}) as repeat_buyers,
        cast(coalesce(summed.orders_recognised, 0) as {{ type_integer() }}) as orders_recognised,
        cast(coalesce(summed.mature_customers, 0) as {{ type_integer() }}) as mature_customers,
        cast(coalesce(summed.retained_mature_customers, 0) as {{ type_integer() }})
            as retained_mature_customers,
        cast(coalesce(summed.sales_after_discount, 0) as {{ type_decimal(18, 4) }})
            as sales_after_discount,
        cast(coalesce(summed.net_sales_by_order_date, 0) as {{ type_decimal(18, 4) }})
            as net_sales_by_order_date,
        cast(coalesce(subscriptions.running_subscriptions, 0) as {{ type_integer() }})
            as running_subscriptions,
        cast(coalesce(subscriptions.monthly_fees, 0) as {{ type_decimal(18, 4) }}) as monthly_fees,
        cast(summed.gross_margin as {{ type_decimal(18, 4) }}) as gross_margin,
        {{ safe_divide('summed.net_sales_by_order_date', 'summed.customers') }}
            as net_sales_per_customer,
        {{ safe_divide('summed.gross_margin', 'summed.customers') }} as margin_per_customer,
        summed.squared_error
    from subscriber_groups
    left join summed
        on subscriber_groups.subscriber_group = summed.subscriber_group
    left join subscriptions
        on subscriber_groups.subscriber_group = subscriptions.subscriber_group

),

compared as (

    select
        filled.*,
        filled.net_sales_per_customer - other_group.net_sales_per_customer as extra_net_sales,
        cast(
            1.96e0 * sqrt(filled.squared_error + other_group.squared_error)
            as {{ type_decimal(18, 6) }}
        ) as half_of_interval,
        filled.margin_per_customer - other_group.margin_per_customer as extra_margin_per_customer
    from filled
    left join filled as other_group
        on filled.other_group = other_group.subscriber_group

),

final as (

    select
        subscriber_group,
        customers,
        buyers,
        repeat_buyers,
        orders_recognised,
        net_sales_by_order_date,
        gross_margin,
        {{ safe_divide('sales_after_discount', 'orders_recognised') }} as average_order_value,
        {{ safe_divide('orders_recognised', 'customers') }} as orders_per_customer,
        net_sales_per_customer,
        {{ safe_divide('repeat_buyers', 'buyers') }} as repeat_rate,
        mature_customers,
        retained_mature_customers,
        {{ safe_divide('retained_mature_customers', 'mature_customers') }} as retention_rate,
        running_subscriptions,
        monthly_fees,
        cast(extra_net_sales as {{ type_decimal(18, 6) }}) as extra_net_sales_per_customer,
        cast(extra_net_sales - half_of_interval as {{ type_decimal(18, 6) }})
            as extra_net_sales_lower,
        cast(extra_net_sales + half_of_interval as {{ type_decimal(18, 6) }})
            as extra_net_sales_upper,
        cast(extra_margin_per_customer as {{ type_decimal(18, 6) }}) as extra_margin_per_customer,
        {{ safe_divide(
            '(extra_margin_per_customer * customers - ' ~ cost ~ ') * 100', '(' ~ cost ~ ' * 100)'
        ) }} as subscription_roi,
        {{ is_small_cell('customers') }} as is_small_cell
    from compared

)

select * from final
