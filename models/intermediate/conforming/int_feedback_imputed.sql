{# Grain: one row per accepted feedback, with missing ratings of reviews filled by the median of the
   product's category, or of all reviews where the category has none. #}
with

feedback as (

    select * from {{ ref('int_feedback_screened') }}
    where row_outcome = 'accepted'

),

products as (

    select * from {{ ref('int_products_unified') }}

),

categorised as (

    select
        feedback.source_system,
        feedback.feedback_id,
        feedback.order_key,
        coalesce(feedback.customer_id, feedback.order_customer_id) as customer_id,
        feedback.feedback_type,
        feedback.rating,
        coalesce(feedback.has_comment, false) as has_comment,
        feedback.submitted_local_date,
        products.product_key,
        coalesce(products.category, 'Uncategorised') as category
    from feedback
    left join products
        on
            feedback.source_system = products.source_system
            and feedback.product_id = products.product_id

),

ranked as (

    select
        category,
        rating,
        row_number() over (
            partition by category
            order by rating, source_system, feedback_id
        ) as category_rank,
        count(*) over (partition by category) as category_count,
        row_number() over (
            order by rating, source_system, feedback_id
        ) as overall_rank,
        -- An empty window next to others is miscounted by MariaDB 10.11.
        count(*) over (
            order by rating, source_system, feedback_id
            rows between unbounded preceding and unbounded following
        ) as overall_count
    from categorised
    where
        rating is not null
        and feedback_type = 'review'

),

category_medians as (

    select
        category,
        {{ safe_divide('sum(rating)', 'count(*)', 2) }} as median_rating
    from ranked
    where
        2 * category_rank >= category_count
        and 2 * category_rank <= category_count + 2
    group by 1

),

overall_median as (

    select {{ safe_divide('sum(rating)', 'count(*)', 2) }} as median_rating
    from ranked
    where
        2 * overall_rank >= overall_count
        and 2 * overall_rank <= overall_count + 2

),

final as (

    select
        categorised.source_system,
        categorised.feedback_id,
        categorised.order_key,
        categorised.product_key,
        categorised.customer_id,
        categorised.feedback_type,
        categorised.category,
        cast(categorised.rating as {{ type_decimal(18, 2) }}) as rating,
        cast(
            case
                when categorised.rating is not null then categorised.rating
                when categorised.feedback_type = 'review'
                    then coalesce(category_medians.median_rating, overall_median.median_rating)
            end as {{ type_decimal(18, 2) }}
        ) as rating_imputed,
        categorised.rating is null
        and categorised.feedback_type = 'review'
        and coalesce(category_medians.median_rating, overall_median.median_rating) is not null
            as is_review_rating_imputed,
        categorised.has_comment,
        categorised.submitted_local_date
    from categorised
    left join category_medians
        on categorised.category = category_medians.category
    cross join overall_median

)

select * from final
