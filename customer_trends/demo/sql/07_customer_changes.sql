-- The life of a customer after registration: subscriptions, moves, rises in income. The change log
-- holds a complete picture after every change; the customer file is the last picture.
create table subscription_periods as
with

subscribers as (

    -- frequent buyers subscribe more often, but subscribing changes nothing in what they buy
    select
        customer_id,
        later_moment('subscription', customer_id, registered_at) as started_at
    from customers
    where uniform('subscribes', customer_id) < getvariable('subscription_floor')
        + getvariable('subscription_slope') * rate_quantile

),

first_periods as (

    select
        customer_id,
        1 as period_number,
        started_at,
        case
            when uniform('subscription ends', customer_id) < getvariable('subscription_end_share')
                then later_moment('subscription end', customer_id, started_at)
        end as ended_at
    from subscribers

),

second_periods as (

    -- one in seven of those who left comes back
    select
        customer_id,
        2,
        later_moment('subscription again', customer_id, ended_at),
        null
    from first_periods
    where ended_at is not null and uniform('comes back', customer_id) < 1 / 7

)

select
    *,
    case
        when uniform('plan', customer_id * 2 + period_number) < 0.65 then 'basic' else 'plus'
    end as plan_name
from (
    from first_periods
    union all
    from second_periods
) as periods
where started_at <= getvariable('data_end')
order by started_at, customer_id, period_number;

create table customer_changes as
with

raises as (

    select
        customer_id,
        later_moment('income change', customer_id, registered_at) as changed_at,
        100 * round(annual_income * (
            1.02 + 0.10 * uniform('income rise', customer_id)
        ) / 100)::bigint as annual_income
    from customers
    where uniform('income changes', customer_id) < getvariable('income_change_share')

),

doubles as (

    select
        customer_id,
        later_moment('double change', customer_id, registered_at) as changed_at,
        greatest(1, least(100, spending_score + uniform_integer('score', customer_id, 2, 9)))
            as spending_score,
        case
            when segment = 'Consumer' then 'Home Office' else 'Consumer'
        end as segment
    from customers
    where uniform('changes twice', customer_id) < getvariable('double_change_share')

),

events (
    customer_id, changed_at, step, operation, annual_income, spending_score, segment,
    is_subscriber, home
) as (

    select
        customer_id, registered_at, 0, 'insert', annual_income, spending_score, segment, false, home
    from customers
    union all
    select customer_id, changed_at, 1, 'update', annual_income, null, null, null, null
    from raises
    union all
    select customer_id, moved_at, 2, 'update', null, null, null, null, new_home
    from customers
    where moved_at is not null
    union all
    select
        customer_id, later_moment('segment change', customer_id, registered_at), 3, 'update', null,
        null, case when segment = 'Corporate' then 'Consumer' else 'Corporate' end, null, null
    from customers
    where uniform('segment changes', customer_id) < getvariable('segment_change_share')
    union all
    select customer_id, changed_at, 4, 'update', null, spending_score, null, null, null
    from doubles
    union all
    select customer_id, changed_at, 5, 'update', null, null, segment, null, null
    from doubles
    union all
    select customer_id, started_at, 4 + 2 * period_number, 'update', null, null, null, true, null
    from subscription_periods
    union all
    select customer_id, ended_at, 5 + 2 * period_number, 'update', null, null, null, false, null
    from subscription_periods
    where ended_at is not null
    union all
    select
        customer_id, later_moment('empty change', customer_id, registered_at), 10, 'update', null,
        null, null, null, null
    from customers
    where uniform('changes nothing', customer_id) < getvariable('empty_change_share')

)

select
    customer_id,
    changed_at,
    step,
    operation,
    last_value(annual_income ignore nulls) over life as annual_income,
    last_value(spending_score ignore nulls) over life as spending_score,
    last_value(segment ignore nulls) over life as segment,
    last_value(is_subscriber ignore nulls) over life as is_subscriber,
    last_value(home ignore nulls) over life as home,
    row_number() over (
        partition by customer_id order by changed_at desc, step desc
    ) = 1 as is_latest
from events
window life as (partition by customer_id order by changed_at, step)
order by changed_at, customer_id, step;

create view raw_customer_change_log as
select
    (customer_changes.rowid + 1)::varchar as change_sequence,
    utc_text(changed_at) as changed_at,
    operation,
    customer_id::varchar as customer_id,
    customers.gender,
    customers.birth_date::varchar as birth_date,
    customer_changes.annual_income::varchar as annual_income,
    customer_changes.spending_score::varchar as spending_score,
    customer_changes.segment,
    is_subscriber::varchar as is_subscriber,
    city,
    state,
    postal_code(zip_prefix, customer_changes.home) as postal_code,
    'United States' as country
from customer_changes
inner join customers using (customer_id)
inner join places on customer_changes.home // 100 = places.place_id
order by customer_changes.rowid;

-- Names that break careless code: accents, apostrophes, hyphens, spaces and now and then an emoji.
create view raw_customers as
with

named as (

    select
        customer_id,
        gender,
        birth_date,
        registered_at,
        case
            when gender = 'Male' then pick([
                'James', 'José', 'Liam', 'Noah', 'André', 'Mateo', 'Oliver', 'Björn', 'Lucas',
                'Ethan', 'Jean-Luc', 'Rafael', 'Samuel', 'Tomás', 'William', 'Seán', 'Henry',
                'Omar', 'David', 'Łukasz', 'Daniel', 'Hiro', 'Miguel', 'Peter', 'Zoltán'
            ], 'first name', customer_id)
            else pick([
                'Mary', 'Zoë', 'Olivia', 'Emma', 'Renée', 'Sofía', 'Ava', 'Chloé', 'Mia',
                'Amélie', 'Grace', 'Anne-Marie', 'Hannah', 'Inés', 'Maya', 'Siobhán', 'Lucy',
                'Aïcha', 'Nora', 'Željka', 'Ruth', 'Yuki', 'Elena', 'Julia', 'Mary Ann'
            ], 'first name', customer_id)
        end as first_name,
        pick([
            'Smith', 'O''Brien', 'Garcia', 'Nguyen', 'Muñoz', 'Johnson', 'D''Angelo', 'Kim',
            'Müller', 'Brown', 'Lefèvre', 'Williams', 'Núñez', 'Patel', 'Davis', 'O''Neill',
            'Sørensen', 'Lopez', 'Miller', 'Castañeda', 'Wilson', 'Smith-Jones', 'Anderson',
            'Škoda', 'Taylor', 'de la Cruz', 'Moore', 'Jackson', 'García Márquez', 'Lee',
            'Thompson', 'van der Berg', 'White', 'Peña', 'Harris', 'Gonçalves', 'Clark',
            'Åkesson', 'Lewis', 'Robinson'
        ], 'last name', customer_id) as last_name,
        pick([
            'Maple', 'Oak', 'Washington', 'Lake', 'Hill', 'Park', 'Cedar', 'Main', 'Church',
            'Sunset', 'River', 'Jefferson', 'Mill', 'Spring'
        ], 'street', customer_id) as street
    from customers

)

select
    named.customer_id::varchar as customer_id,
    first_name || case
        when uniform('emoji', customer_id) < 0.003
            then pick([' 🌸', ' 🙂', ' 🚀'], 'which emoji', customer_id)
        else ''
    end as first_name,
    last_name,
    regexp_replace(lower(strip_accents(first_name || '.' || last_name)), '[^a-z.]', '', 'g')
        || customer_id || '@example.com' as email,
    case
        when uniform('phone', customer_id) >= 0.05
            then '(' || uniform_integer('area', customer_id, 201, 989) || ') 555-01'
                || lpad(uniform_integer('line', customer_id, 0, 99)::varchar, 2, '0')
    end as phone,
    uniform_integer('house', customer_id, 1, 999) || ' ' || street
        || pick([' Street', ' Avenue', ' Road', ' Lane'], 'street kind', customer_id)
        as street_address,
    city,
    state,
    postal_code(zip_prefix, customer_changes.home) as postal_code,
    'United States' as country,
    gender,
    birth_date::varchar as birth_date,
    annual_income::varchar as annual_income,
    spending_score::varchar as spending_score,
    segment,
    is_subscriber::varchar as is_subscriber,
    utc_text(registered_at) as registered_at,
    utc_text(changed_at) as updated_at
from named
inner join customer_changes using (customer_id)
inner join places on customer_changes.home // 100 = places.place_id
where customer_changes.is_latest
order by named.customer_id;

create view raw_subscriptions as
select
    (subscription_periods.rowid + 1)::varchar as subscription_id,
    customer_id::varchar as customer_id,
    plan_name,
    case when plan_name = 'basic' then '4.99' else '9.99' end as monthly_fee_amount,
    utc_text(started_at) as started_at,
    utc_text(ended_at) as ended_at
from subscription_periods;
