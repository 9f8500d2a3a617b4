{# Grain: one row per slice_type and slice_name. Slice types: all, source_system, feedback_type,
   category, month. The name of a month is its first day. #}
{%- set least_ratings = 5 %}
with

feedback as (

    select
        feedback.source_system,
        feedback.feedback_type,
        feedback.product_key,
        products.category,
        cast({{ start_of_month('feedback.submitted_date') }} as {{ type_text(10) }})
            as submitted_month,
        feedback.rating,
        floor(feedback.rating + 0.5) as stars,
        feedback.rating_imputed,
        feedback.is_review_rating_imputed,
        feedback.has_comment
    from {{ ref('fct_feedback') }} as feedback
    inner join {{ ref('dim_products') }} as products
        on feedback.product_key = products.product_key
    cross join {{ ref('run_context') }} as run_context
    where feedback.submitted_date <= run_context.as_of_date

),

slice_types as (

    select 'all' as slice_type
    union all
    select 'source_system' as slice_type
    union all
    select 'feedback_type' as slice_type
    union all
    select 'month' as slice_type

),

sliced as (

    select
        slice_types.slice_type,
        case slice_types.slice_type
            when 'all' then 'All feedback'
            when 'source_system' then feedback.source_system
            when 'feedback_type' then feedback.feedback_type
            when 'month' then feedback.submitted_month
        end as slice_name,
        feedback.feedback_type,
        feedback.rating,
        feedback.stars,
        feedback.rating_imputed,
        feedback.is_review_rating_imputed,
        feedback.has_comment
    from feedback
    cross join slice_types

    union all

    -- Feedback on no product has no category.
    select
        'category' as slice_type,
        category as slice_name,
        feedback_type,
        rating,
        stars,
        rating_imputed,
        is_review_rating_imputed,
        has_comment
    from feedback
    where product_key > 0

),

totals as (

    select
        slice_type,
        slice_name,
        count(*) as feedback_count,
        count(rating) as rated_count,
        count(case when is_review_rating_imputed then 1 end) as imputed_count,
        {{ safe_divide('sum(rating)', 'count(rating)') }} as average_rating,
        {{ safe_divide('sum(rating_imputed)', 'count(rating_imputed)') }}
            as average_rating_with_imputed,
        count(case when stars = 1 then 1 end) as rating_1,
        count(case when stars = 2 then 1 end) as rating_2,
        count(case when stars = 3 then 1 end) as rating_3,
        count(case when stars = 4 then 1 end) as rating_4,
        count(case when stars = 5 then 1 end) as rating_5,
        count(case when feedback_type = 'complaint' then 1 end) as complaints,
        count(case when has_comment then 1 end) as comments
    from sliced
    group by 1, 2

),

final as (

    select
        slice_type,
        slice_name,
        cast(feedback_count as {{ type_integer() }}) as feedback_count,
        cast(rated_count as {{ type_integer() }}) as rated_count,
        cast(imputed_count as {{ type_integer() }}) as imputed_count,
        average_rating,
        average_rating_with_imputed,
        case when rated_count >= {{ least_ratings }} then average_rating end as csat,
        cast(rating_1 as {{ type_integer() }}) as rating_1,
        cast(rating_2 as {{ type_integer() }}) as rating_2,
        cast(rating_3 as {{ type_integer() }}) as rating_3,
        cast(rating_4 as {{ type_integer() }}) as rating_4,
        cast(rating_5 as {{ type_integer() }}) as rating_5,
        cast(complaints as {{ type_integer() }}) as complaints,
        cast(comments as {{ type_integer() }}) as comments
    from totals

)

select * from final
