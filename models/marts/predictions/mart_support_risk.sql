{# Grain: one row per open ticket, and per ticket of the holdout. #}
with

final as (

    select
        -- keys
        scores.ticket_key,
        tickets.customer_key,
        tickets.ticket_id,

        -- attributes
        tickets.ticket_type,
        tickets.severity,
        scores.predicted_status,
        scores.actual_status,
        scores.reason,

        -- measures
        cast(scores.probability_escalated as {{ type_decimal(18, 6) }}) as probability_escalated,
        cast(scores.predicted_status_rank as {{ type_decimal(18, 6) }}) as predicted_status_rank,

        -- flags
        scores.is_open,
        scores.is_scored,

        -- dates
        tickets.opened_date,
        scores.data_cutoff
    from {{ source('ml', 'ml_support_status_predictions') }} as scores
    inner join {{ ref('fct_support_tickets') }} as tickets
        on scores.ticket_key = tickets.ticket_key

)

select * from final
