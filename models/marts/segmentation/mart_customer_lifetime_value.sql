{# Grain: one row per customer of dim_customers, without the reserved members. #}
with

joined as (

    select
        totals.customer_key,
        lifetimes.segment,
        lifetimes.lifetime_basis,
        totals.orders_qualifying,
        totals.net_sales_by_order_date,
        {{ tenure_years('totals.tenure_days') }} as tenure_years,
        totals.margin_rate,
        totals.used_margin_rate,
        lifetimes.segment_average_order_value_net,
        lifetimes.mature_customers,
        lifetimes.retained_mature_customers,
        lifetimes.churn_rate,
        lifetimes.lifetime_years
    from {{ ref('fct_customer_totals') }} as totals
    inner join {{ ref('dim_customers') }} as customers
        on totals.customer_key = customers.customer_key
    inner join {{ ref('mart_segment_lifetimes') }} as lifetimes
        on customers.segment = lifetimes.segment

),

expected as (

    select
        *,
        {{ orders_per_year('orders_qualifying', 'tenure_years') }} as orders_per_year,
        {{ shrunk_order_value(
            'net_sales_by_order_date', 'orders_qualifying', 'segment_average_order_value_net'
        ) }} as average_order_value_shrunk
    from joined

),

yearly as (

    select
        *,
        {{ rounded_product('average_order_value_shrunk', 'orders_per_year') }} as net_sales_of_year
    from expected

),

predicted as (

    select
        *,
        {{ rounded_product('net_sales_of_year', 'lifetime_years') }} as net_sales_of_lifetime
    from yearly

),

final as (

    select
        customer_key,
        segment,
        lifetime_basis,
        case when margin_rate is null then 'revenue' else 'margin' end
            as customer_lifetime_value_basis,
        orders_qualifying,
        net_sales_by_order_date,
        {{ safe_divide('net_sales_by_order_date', 'orders_qualifying') }}
            as average_order_value_net,
        tenure_years,
        orders_per_year,
        segment_average_order_value_net,
        average_order_value_shrunk,
        mature_customers,
        retained_mature_customers,
        churn_rate,
        lifetime_years,
        cast(used_margin_rate as {{ type_decimal(18, 6) }}) as margin_rate,
        {{ rounded_product('net_sales_by_order_date', 'used_margin_rate') }}
            as customer_lifetime_value_historic,
        {{ rounded_product('net_sales_of_lifetime', 'used_margin_rate') }}
            as customer_lifetime_value_predicted
    from predicted

)

select * from final
