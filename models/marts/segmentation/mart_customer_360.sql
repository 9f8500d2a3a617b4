{# Grain: one row per customer of dim_customers, without the reserved members. #}
{%- set demographics = [
    'geography_key', 'source_system', 'region', 'state', 'gender', 'age_group', 'income_band',
    'segment', 'loyalty_declared', 'age', 'annual_income', 'spending_score', 'is_subscriber',
    'is_inferred', 'is_erased', 'registered_date'
] %}
{%- set totals = [
    'orders_recognised', 'orders_qualifying', 'orders_cancelled', 'units_kept',
    'sales_after_discount', 'returns_by_order_date', 'net_sales_by_order_date', 'gross_margin',
    'tenure_days',
    'order_days', 'discounted_orders', 'has_only_returned_orders', 'first_order_date',
    'last_order_date'
] %}
{%- set scored = ['rfm_segment', 'rfm_cell', 'recency_days', 'frequency', 'monetary'] %}
{%- set predictions = ['probability_alive', 'expected_order_value', 'expected_value_12_months'] %}
with

joined as (

    select
        customers.customer_key,
        customers.{{ demographics | join(',\n        customers.') }},
        totals.{{ totals | join(',\n        totals.') }},
        rfm.{{ scored | join(',\n        rfm.') }},
        lifetime_values.customer_lifetime_value_basis,
        lifetime_values.customer_lifetime_value_historic,
        lifetime_values.customer_lifetime_value_predicted,
        totals.value_tier,
        coalesce(segments.spending_tier, 'unscored') as spending_tier,
        segments.cluster_name,
        predicted.{{ predictions | join(',\n        predicted.') }},
        categories.category as favourite_category,
        coalesce(service.support_status, 'none') as support_status,
        coalesce(service.support_status_rank, 0) as support_status_rank,
        coalesce(service.support_tickets, 0) as support_tickets,
        coalesce(service.complaints, 0) as complaints,
        service.average_rating,
        run_context.as_of_date,
        case
            when totals.orders_qualifying = 0 then 'Prospect'
            when totals.orders_qualifying <= {{ var('loyalty_new_orders') }} then 'New'
            when totals.orders_qualifying <= {{ var('loyalty_returning_orders') }} then 'Returning'
            else 'Loyal'
        end as loyalty_segment,
        case
            when totals.recency_days < {{ var('active_window_days') }} then 'active'
            when totals.orders_qualifying > 0 then 'lapsed'
            else 'prospect'
        end as activity_state,
        {{ safe_divide('totals.discounted_orders', 'totals.orders_recognised') }}
            as discount_order_share
    from {{ ref('dim_customers') }} as customers
    inner join {{ ref('fct_customer_totals') }} as totals
        on customers.customer_key = totals.customer_key
    inner join {{ ref('mart_customer_rfm') }} as rfm
        on
            customers.customer_key = rfm.customer_key
            and rfm.method_version = 'quantile_1'
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

),

final as (

    select
        -- keys
        customer_key,
        geography_key,

        -- attributes
        {{ demographics[1:9] | join(',\n        ') }},
        loyalty_segment,
        activity_state,
        rfm_segment,
        rfm_cell,
        value_tier,
        spending_tier,
        cluster_name,
        support_status,
        customer_lifetime_value_basis,
        favourite_category,

        -- measures
        age,
        annual_income,
        spending_score,
        {{ totals[:8] | join(',\n        ') }},
        {{ safe_divide('sales_after_discount', 'orders_recognised') }} as average_order_value,
        recency_days,
        frequency,
        monetary,
        tenure_days,
        {{ safe_divide(days_between('first_order_date', 'last_order_date'), '(order_days - 1)') }}
            as average_days_between_orders,
        discounted_orders,
        discount_order_share,
        complaints,
        support_tickets,
        average_rating,
        support_status_rank,
        customer_lifetime_value_historic,
        customer_lifetime_value_predicted,
        {{ predictions | join(',\n        ') }},

        -- flags
        is_subscriber,
        case
            when loyalty_declared <> 'Unknown' then loyalty_segment = loyalty_declared
        end as is_loyalty_as_declared,
        orders_recognised >= {{ var('discount_dependent_orders') }}
        and discount_order_share >= {{ var('discount_dependent_share') }} as is_discount_dependent,
        has_only_returned_orders,
        is_inferred,
        is_erased,

        -- dates
        registered_date,
        first_order_date,
        last_order_date,
        {{ start_of_month('first_order_date') }} as cohort_month,
        as_of_date
    from joined

)

select * from final
