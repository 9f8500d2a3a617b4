{# Grain: one row per scored customer. #}
{%- set months = [3, 6, 12] %}
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
        {%- for month in months %}
        cast(scores.expected_purchases_{{ month }}_months as {{ type_decimal(18, 6) }})
            as expected_purchases_{{ month }}_months,
        {%- endfor %}
        cast(scores.expected_order_value as {{ type_decimal(18, 4) }}) as expected_order_value,
        {%- for month in months %}
        cast(scores.expected_value_{{ month }}_months as {{ type_decimal(18, 4) }})
            as expected_value_{{ month }}_months,
        {%- endfor %}
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
