{# Grain: one row per slice_type and slice_name. Slice types: all, source_system, feedback_type,
   category, month. #}
{%- set least_ratings = 5 %}
{%- set counts = {
    'feedback_count': '1 = 1',
    'rated_count': 'rating is not null',
    'imputed_count': 'is_review_rating_imputed',
    'rating_1': 'floor(rating + 0.5) = 1',
    'rating_2': 'floor(rating + 0.5) = 2',
    'rating_3': 'floor(rating + 0.5) = 3',
    'rating_4': 'floor(rating + 0.5) = 4',
    'rating_5': 'floor(rating + 0.5) = 5',
    'complaints': "feedback_type = 'complaint'",
    'comments': 'has_comment'
} %}
{%- set slices = [
    ['all', "'All feedback'", '1 = 1'],
    ['source_system', 'source_system', '1 = 1'],
    ['feedback_type', 'feedback_type', '1 = 1'],
    ['category', 'category', 'product_key > 0'],
    ['month', 'submitted_month', 'submitted_date > ' ~ unknown_date()]
] %}
with

feedback as (

    select
        feedback.*,
        products.category,
        {{ month_label('feedback.submitted_date') }} as submitted_month
    from {{ ref('fct_feedback') }} as feedback
    inner join {{ ref('dim_products') }} as products
        on feedback.product_key = products.product_key
    cross join {{ ref('run_context') }} as run_context
    where feedback.submitted_date <= run_context.as_of_date

),

sliced as (

    {% for slice_type, slice_name, condition in slices -%}
    select
        '{{ slice_type }}' as slice_type,
        {{ slice_name }} as slice_name,
        feedback_type,
        rating,
        rating_imputed,
        is_review_rating_imputed,
        has_comment
    from feedback
    where {{ condition }}
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
),

totals as (

    select
        slice_type,
        slice_name,
        {%- for measure, condition in counts.items() %}
        cast(
            sum(case when {{ condition }} then 1 else 0 end) as {{ type_integer() }}
        ) as {{ measure }},
        {%- endfor %}
        {{ safe_divide('sum(rating)', 'count(rating)') }} as average_rating,
        {{ safe_divide('sum(rating_imputed)', 'count(rating_imputed)') }}
            as average_rating_with_imputed
    from sliced
    group by 1, 2

),

final as (

    select
        slice_type,
        slice_name,
        feedback_count,
        rated_count,
        imputed_count,
        average_rating,
        average_rating_with_imputed,
        case when rated_count >= {{ least_ratings }} then average_rating end as csat,
        rating_1,
        rating_2,
        rating_3,
        rating_4,
        rating_5,
        complaints,
        comments
    from totals

)

select * from final
