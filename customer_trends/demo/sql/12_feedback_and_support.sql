-- What customers say and ask. Guests leave no feedback and open no tickets.
create table feedback as
with

reviewed as (

    select
        order_id,
        customer_id,
        delivered_at,
        is_late,
        uniform_integer('reviewed line', order_id, 1, line_count) as line_number
    from orders
    inner join order_money using (order_id)
    where orders.delivered_at is not null and customer_id is not null
        and uniform('review', order_id) < getvariable('review_share')

),

reviews as (

    -- four chances of a star more than one: the mean rating is exactly the one planted
    select
        reviewed.customer_id,
        order_id,
        product_id,
        'review' as feedback_type,
        case
            when uniform('rating known', order_id) >= getvariable('missing_rating_share')
                then 1 + len(list_filter([
                    uniform('star 2', order_id), uniform('star 3', order_id),
                    uniform('star 4', order_id), uniform('star 5', order_id)
                ], lambda chance: chance < (
                    mean_rating - 1
                    - case when is_late then getvariable('late_rating_penalty') else 0 end
                ) / 4))
        end as rating,
        reviewed.delivered_at + uniform_integer('review days', order_id, 3600, 1728000)
            as submitted_at
    from reviewed
    inner join order_lines using (order_id, line_number)
    inner join product_offers using (product_id)
    inner join category_parameters using (category_name)

),

complaints as (

    select
        customer_id,
        order_id,
        null as product_id,
        'complaint' as feedback_type,
        case
            when uniform('complaint rating', order_id) < 0.5
                then uniform_integer('complaint stars', order_id, 1, 2)
        end as rating,
        delivered_at + uniform_integer('complaint days', order_id, 3600, 864000) as submitted_at
    from orders
    where delivered_at is not null and customer_id is not null
        and uniform('complaint', order_id) < getvariable('complaint_share')

),

enquiries as (

    select
        customer_id,
        null as order_id,
        null as product_id,
        'enquiry' as feedback_type,
        null as rating,
        later_moment('enquiry', customer_id, registered_at) as submitted_at
    from customers
    where uniform('enquires', customer_id) < getvariable('enquiry_share')

)

select *
from (
    from reviews
    union all
    from complaints
    union all
    from enquiries
) as everything
where submitted_at <= getvariable('data_end')
order by submitted_at, customer_id, order_id, feedback_type;

create view raw_feedback as
select
    (feedback.rowid + 1)::varchar as feedback_id,
    customer_id::varchar as customer_id,
    order_id::varchar as order_id,
    product_id::varchar as product_id,
    feedback_type,
    rating::varchar as rating,
    case
        when uniform('comment', feedback.rowid) < 0.5 then null
        when feedback_type = 'enquiry' then pick([
            'When is this back in stock?', 'Do you ship to Alaska?', 'Can I change my address?'
        ], 'comment text', feedback.rowid)
        when feedback_type = 'complaint' then pick([
            'The box was damaged.', 'Nobody answers the phone!', 'Wrong item, again.'
        ], 'comment text', feedback.rowid)
        when rating >= 4 then pick([
            'Love it 😍', 'Great value, would buy again.', 'Exactly as described.', 'Très bien!'
        ], 'comment text', feedback.rowid)
        when rating <= 2 then pick([
            'Broke after a week.', 'Not what I''d expected.', 'Too small; "true to size" it isn''t.'
        ], 'comment text', feedback.rowid)
        else pick(['It is okay.', 'Does the job.'], 'comment text', feedback.rowid)
    end as comment,
    utc_text(submitted_at) as submitted_at
from feedback;

create table tickets as
with

chances as (

    select
        order_id,
        customer_id,
        ordered_at,
        delivered_at,
        is_late and delivered_at is not null as came_late,
        order_status in ('returned', 'partially_returned') as came_back,
        getvariable('ticket_share') / (1 - getvariable('ticket_share'))
        * case when came_late then getvariable('late_ticket_odds_ratio') else 1 end
        * case when came_back then getvariable('returned_ticket_odds_ratio') else 1 end as odds
    from (
        select
            orders.*,
            order_status
        from orders
        inner join outcomes using (order_id)
    ) as orders
    where customer_id is not null and confirmed_at is not null

),

opened as (

    select
        order_id as chance_id,
        customer_id,
        order_id,
        case
            when uniform('ticket type', order_id) < case
                when came_late or came_back then 0.7 else 0.3
            end then 'complaint'
            when uniform('ticket type', order_id) < 0.85 then 'enquiry'
            else 'technical'
        end as ticket_type,
        coalesce(delivered_at, ordered_at)
        + uniform_integer('ticket days', order_id, 3600, 691200) as opened_at
    from chances
    where uniform('ticket', order_id) < odds / (1 + odds)
    union all
    select
        -customer_id,
        customer_id,
        null,
        'technical',
        later_moment('technical ticket', customer_id, registered_at)
    from customers
    where uniform('has technical ticket', customer_id) < getvariable('technical_ticket_share')

),

graded as (

    -- medians in hours for high, medium, low: 2, 6, 12 to the answer, 24, 48, 72 from there on
    select
        *,
        case
            when uniform('severity', chance_id) < case
                when ticket_type = 'complaint' then 0.25 else 0.08
            end then 'high'
            when uniform('severity', chance_id) < 0.6 then 'medium'
            else 'low'
        end as severity,
        opened_at + floor(3600 * exp(0.8 * normal('first answer', chance_id)) * case severity
            when 'high' then 2 when 'medium' then 6 else 12
        end)::bigint as answered_at,
        case
            when uniform('unresolved', chance_id) >= getvariable('unresolved_share')
                then answered_at + floor(
                    3600 * exp(0.9 * normal('solution', chance_id)) * case severity
                        when 'high' then 24 when 'medium' then 48 else 72
                    end
                )::bigint
        end as solved_at
    from opened

)

select
    customer_id,
    order_id,
    ticket_type,
    severity,
    opened_at,
    unless_after_end(answered_at) as answered_at,
    unless_after_end(solved_at) as solved_at
from graded
where opened_at <= getvariable('data_end')
order by opened_at, chance_id;

create view raw_support_tickets as
select
    (tickets.rowid + 1)::varchar as ticket_id,
    customer_id::varchar as customer_id,
    order_id::varchar as order_id,
    ticket_type,
    severity,
    case when solved_at is null then 'open' else 'resolved' end as ticket_status,
    utc_text(opened_at) as opened_at,
    utc_text(answered_at) as first_response_at,
    utc_text(solved_at) as resolved_at
from tickets;
