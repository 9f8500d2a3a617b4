{# Grain: one row per scored customer. #}
with

final as (

    select
        -- keys
        scores.customer_key,

        -- attributes
        scores.cluster_number,
        scores.cluster_name,
        scores.spending_tier,
        scores.segment_basis,
        scores.reason,

        -- measures
        customers.annual_income,
        customers.spending_score,
        cast(scores.income_input as {{ type_decimal(18, 4) }}) as income_input,
        cast(scores.spending_input as {{ type_decimal(18, 4) }}) as spending_input,

        -- flags
        scores.is_scored,

        -- dates
        scores.data_cutoff
    from {{ source('ml', 'ml_customer_segments') }} as scores
    inner join {{ ref('dim_customers') }} as customers
        on scores.customer_key = customers.customer_key

)

select * from final
