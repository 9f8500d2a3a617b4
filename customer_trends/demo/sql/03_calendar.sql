-- The business clock. It runs fast in December, slowly in February and hardly at night. Customers
-- live by it: what is a plain Poisson process on this clock has seasons on the wall clock.
create table calendar_days as
select
    day_start::date as local_date,
    month_parameters.seasonal_index * weekday_parameters.weekday_index as day_index,
    promotion_parameters.promotion_code as campaign_code,
    promotion_parameters.discount_percent as campaign_percent
from (
    select unnest(generate_series(
        getvariable('opening_date')::timestamp, getvariable('closing_date')::timestamp,
        interval 1 day
    )) as day_start
) as days
inner join month_parameters on month(days.day_start) = month_parameters.month_number
inner join weekday_parameters on isodow(days.day_start) = weekday_parameters.iso_weekday
left join promotion_parameters
    on month(days.day_start) * 100 + day(days.day_start)
        between promotion_parameters.opens_on and promotion_parameters.closes_on;

-- One row per hour; widths are integer business seconds, so sums do not depend on their order.
create table business_clock as
with

hours as (

    select
        local_date,
        epoch(timezone(
            getvariable('time_zone'), local_date::timestamp + to_hours(local_hour)
        ))::bigint as utc_from,
        local_hour,
        greatest(1, round(
            86400 * day_index * hour_weight / (select sum(hour_weight) from hour_parameters)
        ))::bigint as width
    from calendar_days
    cross join hour_parameters

)

select
    local_date,
    utc_from,
    width,
    sum(width) over (order by local_date, local_hour)::bigint - width as business_from
from hours
order by business_from;

set variable business_end = (select max(business_from + width) from business_clock);
set variable data_start = (select min(utc_from) from business_clock);
set variable data_end = (select max(utc_from) + 3599 from business_clock);

-- Arrivals grow exponentially; this is the inverse of their distribution on the business clock.
create macro arrival(topic, id) as floor(
    31536000 / ln(getvariable('yearly_growth')) * ln(
        1 + uniform(topic, id) * (
            pow(getvariable('yearly_growth'), getvariable('business_end') / 31536000) - 1
        )
    )
)::bigint;
