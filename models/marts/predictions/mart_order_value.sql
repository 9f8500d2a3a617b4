{# Grain: one row per scored customer. #}
with

final as (

    select
        -- keys
        scores.customer_key,

        -- attributes
        scores.category,
        scores.reason,

        -- measures
        cast(scores.expected_order_value as {{ type_decimal(18, 4) }}) as expected_order_value,
        cast(scores.linear_order_value as {{ type_decimal(18, 4) }}) as linear_order_value,
        cast(scores.category_mean_order_value as {{ type_decimal(18, 4) }})
            as category_mean_order_value,

        -- flags
        scores.is_scored,

        -- dates
        scores.month_start_date,
        scores.data_cutoff
    from {{ source('ml', 'ml_order_value_predictions') }} as scores
    inner join {{ ref('dim_customers') }} as customers
        on scores.customer_key = customers.customer_key

)

select * from final
