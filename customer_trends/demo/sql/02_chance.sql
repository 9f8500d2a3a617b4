-- What all topics share. Tables are written in the order of their file, so that views over a
-- single table need no order of their own and row numbers can serve as identifiers.

-- Chance without state: every draw is a hash of seed, topic and row number, so the shop is the
-- same whatever the number of threads or the order of execution.
-- The two hashes are mixed by a third: hash(seed, topic, id) alone correlates between topics.
create macro uniform(topic, id) as
    ((hash(xor(hash(id::bigint), hash(topic || getvariable('seed')))) >> 12)::double + 0.5)
    / 4503599627370496;

create macro uniform_integer(topic, id, lowest, highest) as
    lowest + floor(uniform(topic, id) * (highest - lowest + 1))::bigint;

create macro exponential(topic, id) as -ln(uniform(topic, id));

create macro normal(topic, id) as
    sqrt(2 * exponential(topic, id)) * cos(2 * pi() * uniform(topic || ' angle', id));

-- Number of failures before a success, given its mean.
create macro geometric(topic, id, mean) as
    floor(ln(uniform(topic, id)) / ln(mean / (1 + mean)))::bigint;

create macro pick(choices, topic, id) as
    choices[1 + floor(uniform(topic, id) * len(choices))::bigint];

-- Times are integer seconds since 1970 in UTC and money is integer cents until they are written.
create macro utc_text(seconds) as make_timestamp(seconds * 1000000)::varchar;

create macro money_text(cents) as (cents / 100)::decimal(18, 2)::varchar;

create macro unless_after_end(seconds) as
    case when seconds <= getvariable('data_end') then seconds end;

create macro later_moment(topic, id, seconds) as
    seconds + 1 + floor(uniform(topic, id) * (getvariable('data_end') - seconds))::bigint;
