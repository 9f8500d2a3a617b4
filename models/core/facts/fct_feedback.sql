{# Grain: one row per review, complaint or enquiry. #}
with

feedback as (

    select * from {{ ref('int_feedback_imputed') }}

),

customers as (

    select * from {{ ref('int_customers_unified') }}

),

run_context as (

    select * from {{ ref('run_context') }}

),

final as (

    select
        {{ surrogate_key(['feedback.source_system', 'feedback.feedback_id']) }} as feedback_key,
        feedback.source_system,
        feedback.feedback_id,
        coalesce(feedback.order_key, -1) as order_key,
        coalesce(customers.customer_key, -1) as customer_key,
        coalesce(feedback.product_key, -1) as product_key,
        {{ date_key('coalesce(feedback.submitted_local_date, ' ~ unknown_date() ~ ')') }}
            as submitted_date_key,
        feedback.feedback_type,
        feedback.rating,
        feedback.rating_imputed,
        feedback.is_review_rating_imputed,
        feedback.has_comment,
        coalesce(feedback.submitted_local_date > run_context.as_of_date, false) as is_future,
        coalesce(feedback.submitted_local_date, {{ unknown_date() }}) as submitted_date
    from feedback
    left join customers
        on
            feedback.source_system = customers.source_system
            and feedback.customer_id = customers.customer_id
    cross join run_context

)

select * from final
