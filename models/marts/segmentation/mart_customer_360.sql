{# Grain: one row per customer of dim_customers, without the reserved members. #}
with

totals as (

    select
        *,
        case
            when orders_qualifying = 0 then 'Prospect'
            when orders_qualifying <= {{ var('loyalty_new_orders') }} then 'New'
            when orders_qualifying <= {{ var('loyalty_returning_orders') }} then 'Returning'
            else 'Loyal'
        end as loyalty_segment,
        case
            when recency_days < {{ var('active_window_days') }} then 'active'
            when orders_qualifying > 0 then 'lapsed'
            else 'prospect'
        end as activity_state,
        {{ safe_divide('discounted_orders', 'orders_recognised') }} as discount_order_share,
        {{ safe_divide('sales_after_discount', 'orders_recognised') }} as average_order_value,
        {{ safe_divide(
            days_between('first_order_date', 'last_order_date'), '(order_days - 1)'
        ) }} as average_days_between_orders,
        {{ start_of_month('first_order_date') }} as cohort_month
    from {{ ref('fct_customer_totals') }}

),

final as (

    select
        -- keys
        customers.customer_key,
        customers.geography_key,

        -- attributes
        customers.source_system,
        customers.region,
        customers.state,
        customers.gender,
        customers.age_group,
        customers.income_band,
        customers.segment,
        customers.loyalty_declared,
        totals.loyalty_segment,
        totals.activity_state,
        rfm.rfm_segment,
        rfm.rfm_cell,
        totals.value_tier,
        coalesce(segments.spending_tier, 'unscored') as spending_tier,
        segments.cluster_name,
        coalesce(service.support_status, 'none') as support_status,
        lifetime_values.customer_lifetime_value_basis,
        categories.category as favourite_category,

        -- measures
        customers.age,
        customers.annual_income,
        customers.spending_score,
        totals.orders_recognised,
        totals.orders_qualifying,
        totals.orders_cancelled,
        totals.units_kept,
        totals.sales_after_discount,
        totals.returns_by_order_date,
        totals.net_sales_by_order_date,
        totals.gross_margin,
        totals.average_order_value,
        rfm.recency_days,
        rfm.frequency,
        rfm.monetary,
        totals.tenure_days,
        totals.average_days_between_orders,
        totals.discounted_orders,
        totals.discount_order_share,
        coalesce(service.complaints, 0) as complaints,
        coalesce(service.support_tickets, 0) as support_tickets,
        service.average_rating,
        coalesce(service.support_status_rank, 0) as support_status_rank,
        lifetime_values.customer_lifetime_value_historic,
        lifetime_values.customer_lifetime_value_predicted,
        predicted.probability_alive,
        predicted.expected_order_value,
        predicted.expected_value_12_months,

        -- flags
        customers.is_subscriber,
        case
            when customers.loyalty_declared <> 'Unknown'
                then totals.loyalty_segment = customers.loyalty_declared
        end as is_loyalty_as_declared,
        totals.orders_recognised >= {{ var('discount_dependent_orders') }}
        and totals.discount_order_share >= {{ var('discount_dependent_share') }}
            as is_discount_dependent,
        totals.has_only_returned_orders,
        customers.is_inferred,
        customers.is_erased,

        -- dates
        customers.registered_date,
        totals.first_order_date,
        totals.last_order_date,
        totals.cohort_month,
        run_context.as_of_date
    from {{ ref('dim_customers') }} as customers
    inner join totals
        on customers.customer_key = totals.customer_key
    inner join {{ ref('mart_customer_rfm') }} as rfm
        on customers.customer_key = rfm.customer_key
    inner join {{ ref('mart_customer_lifetime_value') }} as lifetime_values
        on customers.customer_key = lifetime_values.customer_key
    left join {{ ref('mart_customer_segments') }} as segments
        on customers.customer_key = segments.customer_key
    left join {{ ref('mart_customer_value') }} as predicted
        on customers.customer_key = predicted.customer_key
    left join {{ ref('int_customer_categories') }} as categories
        on
            customers.customer_key = categories.customer_key
            and categories.category_number = 1
    left join {{ ref('int_customer_service') }} as service
        on customers.customer_key = service.customer_key
    cross join {{ ref('run_context') }} as run_context

)

select * from final
