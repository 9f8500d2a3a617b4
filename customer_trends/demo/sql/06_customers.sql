-- Who comes, how often they buy and when. More candidates than needed are drawn; they are let in
-- one by one until the wanted number of orders is reached, which biases nothing.
set variable guest_orders = round(getvariable('orders') * getvariable('guest_share'))::bigint;
set variable candidates = ceil(
    getvariable('orders') / getvariable('orders_per_customer') * 1.01
    + 4 * sqrt(getvariable('orders')) + 50
)::bigint;

create table candidates as
select
    candidate_id,
    arrival('arrival', candidate_id) as arrived_at,
    uniform('never orders', candidate_id) >= getvariable('never_ordering_share') as is_buyer,
    -- gamma(1, alpha) and beta(1, b) have closed inverses
    exponential('buying rate', candidate_id) / (getvariable('rate_scale') * 604800) as rate,
    1 - exp(-getvariable('rate_scale') * 604800 * rate) as rate_quantile,
    1 - pow(uniform('dropout', candidate_id), 1 / getvariable('dropout_beta')) as dropout,
    ceil(ln(uniform('lifetime', candidate_id)) / ln(1 - dropout)) as repeat_limit
from range(getvariable('candidates')) as numbers (candidate_id);

-- As in the BG/NBD model nobody leaves before the first repeat order.
create table purchases as
with

possible as (

    -- a bound that a Poisson count exceeds once in a million
    select
        *,
        rate * (getvariable('business_end') - arrived_at) as expected,
        least(repeat_limit, ceil(expected + 5 * sqrt(expected) + 9))::bigint as repeats
    from candidates
    where is_buyer

),

steps as (

    select
        candidate_id,
        purchase_number,
        case
            when purchase_number = 0 then arrived_at
            else ceil(
                exponential('waiting time', candidate_id * 4096 + purchase_number) / rate
            )::bigint
        end as step
    from (
        select
            *,
            unnest(range(repeats + 1)) as purchase_number
        from possible
    ) as numbered

)

select * from (
    select
        candidate_id,
        purchase_number,
        sum(step) over (partition by candidate_id order by purchase_number)::bigint
            as business_at
    from steps
) as placed
where business_at < getvariable('business_end');

create table admitted as
select candidate_id
from (
    select
        candidate_id,
        coalesce(sum(purchase_count) over (
            order by candidate_id rows between unbounded preceding and 1 preceding
        ), 0) as orders_before
    from candidates
    left join (
        select
            candidate_id,
            count(*) as purchase_count
        from purchases
        group by 1
    ) as counted using (candidate_id)
) as queue
where orders_before < getvariable('orders') - getvariable('guest_orders');

create macro wall_clock(business_at, clock) as
    clock.utc_from + (business_at - clock.business_from) * 3600 // clock.width;

-- Registration: mostly minutes before the first order, for some days before.
create table registrations as
select
    candidate_id,
    is_buyer,
    rate_quantile,
    case
        when not is_buyer then arrived_at_utc
        when uniform('looks around', candidate_id) < 0.3
            and arrived_at_utc - days_before >= getvariable('data_start')
            then arrived_at_utc - days_before
        else greatest(
            getvariable('data_start'),
            arrived_at_utc - uniform_integer('sign up', candidate_id, 120, 1500)
        )
    end as registered_at
from (
    select
        candidates.*,
        wall_clock(candidates.arrived_at, business_clock) as arrived_at_utc,
        3600 + floor(345600 * exponential('first days', candidate_id))::bigint as days_before
    from candidates
    semi join admitted using (candidate_id)
    asof join business_clock on candidates.arrived_at >= business_clock.business_from
) as arrived
order by registered_at, candidate_id;

-- Customers are numbered as they registered: a row number of a table written in that order.
create table customers as
with

numbered as (

    select
        rowid + 1 as customer_id,
        *
    from registrations

),

described as (

    select
        numbered.*,
        case
            when uniform('gender', customer_id) < 0.49 then 'Female'
            when uniform('gender', customer_id) < 0.94 then 'Male'
            when uniform('gender', customer_id) < 1 - getvariable('missing_gender_share')
                then 'Other'
        end as gender,
        case
            when uniform('birth date known', customer_id)
                >= getvariable('missing_birth_date_share')
                -- 22 to 84 years old at the end, the younger the more
                then getvariable('closing_date')
                    - floor(365.25 * (84 - 62 * sqrt(uniform('age', customer_id))))::integer
        end as birth_date,
        case
            when uniform('income known', customer_id) >= getvariable('missing_income_share')
                then 100 * greatest(120, round((
                    income_mean + income_spread * normal('income', customer_id)
                ) / 100))::bigint
        end as annual_income,
        greatest(1, least(100, round(
            score_mean + score_spread * normal('score', customer_id)
        )))::bigint as spending_score,
        case
            when uniform('segment', customer_id) < 0.60 then 'Consumer'
            when uniform('segment', customer_id) < 0.85 then 'Corporate'
            else 'Home Office'
        end as segment,
        home('home', customer_id) as home,
        home('new home', customer_id) as new_home,
        case
            when uniform('moves', customer_id) < getvariable('move_share')
                then later_moment('move', customer_id, registered_at)
        end as moved_at
    from numbered
    inner join cluster_parameters
        on uniform('cluster', customer_id) >= cluster_parameters.share_from
        and uniform('cluster', customer_id) < cluster_parameters.share_to

)

select
    *,
    -- a gamma(2) variable with mean 1, moved up and down by the spending score
    (exponential('basket', customer_id) + exponential('basket, second', customer_id))
    / getvariable('basket_shape') * (0.5 + spending_score / 100) as basket_factor
from described
order by customer_id;

drop table candidates;
drop table admitted;
drop table registrations;
