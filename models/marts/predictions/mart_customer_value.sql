{# Grain: one row per scored customer. #}
with

final as (

    select
        -- keys
        scores.customer_key,

        -- attributes
        lifetime_values.segment,
        value_tiers.value_tier,
        scores.reason,

        -- measures
        scores.repeat_purchase_days,
        cast(scores.probability_alive as {{ type_decimal(18, 6) }}) as probability_alive,
        cast(scores.expected_purchases_3_months as {{ type_decimal(18, 6) }})
            as expected_purchases_3_months,
        cast(scores.expected_purchases_6_months as {{ type_decimal(18, 6) }})
            as expected_purchases_6_months,
        cast(scores.expected_purchases_12_months as {{ type_decimal(18, 6) }})
            as expected_purchases_12_months,
        cast(scores.expected_order_value as {{ type_decimal(18, 4) }}) as expected_order_value,
        cast(scores.expected_value_3_months as {{ type_decimal(18, 4) }})
            as expected_value_3_months,
        cast(scores.expected_value_6_months as {{ type_decimal(18, 4) }})
            as expected_value_6_months,
        cast(scores.expected_value_12_months as {{ type_decimal(18, 4) }})
            as expected_value_12_months,
        cast(scores.simple_customer_lifetime_value_12_months as {{ type_decimal(18, 4) }})
            as simple_customer_lifetime_value_12_months,
        lifetime_values.customer_lifetime_value_historic,
        lifetime_values.customer_lifetime_value_predicted,

        -- flags
        scores.is_scored,

        -- dates
        scores.data_cutoff
    from {{ source('ml', 'ml_customer_value') }} as scores
    inner join {{ ref('mart_customer_lifetime_value') }} as lifetime_values
        on scores.customer_key = lifetime_values.customer_key
    inner join {{ ref('mart_customer_value_tiers') }} as value_tiers
        on scores.customer_key = value_tiers.customer_key

)

select * from final
