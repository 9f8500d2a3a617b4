{# Grain: one row per open order, and per order of the holdout. #}
with

final as (

    select
        -- keys
        scores.order_key,
        orders.customer_key,
        orders.order_id,

        -- attributes
        places.region,
        customers.segment,
        statuses.order_status,
        scores.predicted_outcome,
        scores.actual_outcome,
        scores.reason,

        -- measures
        orders.ordered_amount,
        cast(scores.probability_completed as {{ type_decimal(18, 6) }}) as probability_completed,
        cast(scores.probability_cancelled as {{ type_decimal(18, 6) }}) as probability_cancelled,
        cast(scores.probability_returned as {{ type_decimal(18, 6) }}) as probability_returned,

        -- flags
        scores.is_open,
        scores.is_scored,

        -- dates
        orders.order_date,
        scores.data_cutoff
    from {{ source('ml', 'ml_order_status_predictions') }} as scores
    inner join {{ ref('fct_orders') }} as orders
        on scores.order_key = orders.order_key
    inner join {{ ref('dim_customers') }} as customers
        on orders.customer_key = customers.customer_key
    inner join {{ ref('dim_geography') }} as places
        on orders.geography_key = places.geography_key
    inner join {{ ref('dim_order_statuses') }} as statuses
        on orders.order_status_key = statuses.order_status_key

)

select * from final
