{# Grain: one row per customer with a support ticket or feedback, up to as_of_date. #}
with

run_context as (

    select * from {{ ref('run_context') }}

),

contacts as (

    select
        tickets.customer_key,
        1 as support_tickets,
        case when tickets.is_complaint then 1 else 0 end as complaints,
        cast(null as {{ type_decimal(18, 2) }}) as rating,
        case
            when tickets.is_resolved then 1
            when tickets.severity = 'high' then 3
            when tickets.is_complaint and tickets.open_days > {{ var('support_sla_days') }} then 3
            else 2
        end as support_status_rank
    from {{ ref('fct_support_tickets') }} as tickets
    cross join run_context
    where
        tickets.customer_key > 0
        and tickets.opened_date <= run_context.as_of_date

    union all

    -- Feedback without a date has the day 1900-01-01.
    select
        feedback.customer_key,
        0 as support_tickets,
        case when feedback.feedback_type = 'complaint' then 1 else 0 end as complaints,
        feedback.rating,
        0 as support_status_rank
    from {{ ref('fct_feedback') }} as feedback
    cross join run_context
    where
        feedback.customer_key > 0
        and feedback.submitted_date <= run_context.as_of_date

),

summed as (

    select
        customer_key,
        cast(max(support_status_rank) as {{ type_integer() }}) as support_status_rank,
        cast(sum(support_tickets) as {{ type_integer() }}) as support_tickets,
        cast(sum(complaints) as {{ type_integer() }}) as complaints,
        count(rating) as rated_count,
        {{ safe_divide('sum(rating)', 'count(rating)') }} as average_rating
    from contacts
    group by 1

),

final as (

    select
        customer_key,
        case support_status_rank
            when 3 then 'escalated'
            when 2 then 'open'
            when 1 then 'resolved'
            else 'none'
        end as support_status,
        support_status_rank,
        support_tickets,
        complaints,
        rated_count,
        average_rating
    from summed

)

select * from final
