{# The members of every slice type of int_support_by_slice add up to the tickets of the facts, and
   those of int_feedback_by_slice to the feedback; categories to that on a product. #}
{# The slices are private to the marts. #}
{{ config(group='marts') }}
with

run_context as (

    select * from {{ ref('run_context') }}

),

support_slices as (

    select
        slice_type,
        sum(tickets) as tickets,
        sum(open_tickets) as open_tickets,
        sum(complaint_tickets) as complaint_tickets
    from {{ ref('int_support_by_slice') }}
    group by 1

),

tickets as (

    select
        count(*) as tickets,
        coalesce(sum(case when tickets.is_resolved then 0 else 1 end), 0) as open_tickets,
        coalesce(sum(case when tickets.is_complaint then 1 else 0 end), 0) as complaint_tickets
    from {{ ref('fct_support_tickets') }} as tickets
    cross join run_context
    where tickets.opened_date <= run_context.as_of_date

),

feedback_slices as (

    select
        slice_type,
        sum(feedback_count) as feedback_count,
        sum(rated_count) as rated_count
    from {{ ref('int_feedback_by_slice') }}
    group by 1

),

feedback as (

    {% for slice_type, condition in [
        ['all', '1 = 1'], ['source_system', '1 = 1'], ['feedback_type', '1 = 1'],
        ['month', '1 = 1'], ['category', 'feedback.product_key > 0']
    ] -%}
    select
        '{{ slice_type }}' as slice_type,
        count(*) as feedback_count,
        count(feedback.rating) as rated_count
    from {{ ref('fct_feedback') }} as feedback
    cross join run_context
    where
        feedback.submitted_date <= run_context.as_of_date
        and {{ condition }}
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
)

select
    'tickets' as subject,
    support_slices.slice_type
from support_slices
cross join tickets
where
    support_slices.tickets <> tickets.tickets
    or support_slices.open_tickets <> tickets.open_tickets
    or support_slices.complaint_tickets <> tickets.complaint_tickets

union all

select
    'feedback' as subject,
    feedback.slice_type
from feedback
left join feedback_slices
    on feedback.slice_type = feedback_slices.slice_type
where
    feedback.feedback_count <> coalesce(feedback_slices.feedback_count, 0)
    or feedback.rated_count <> coalesce(feedback_slices.rated_count, 0)
