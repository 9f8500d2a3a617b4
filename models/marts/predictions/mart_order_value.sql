{# Grain: one row per scored customer. #}
{%- set values = ['expected_order_value', 'linear_order_value', 'category_mean_order_value'] %}
with

final as (

    select
        -- keys
        scores.customer_key,

        -- attributes
        scores.category,
        scores.reason,

        -- measures
        {%- for value in values %}
        cast(scores.{{ value }} as {{ type_decimal(18, 4) }}) as {{ value }},
        {%- endfor %}

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
