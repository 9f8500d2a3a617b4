{# Six customers scored by three measures in one select, as the segments are: ties are equal, all equal is 3. #}
with

population as (

    select 'a' as customer, cast('2024-01-01' as date) as last_day, 1 as orders, 7 as amount, 0 as nothing
    union all
    select 'b', cast('2024-01-01' as date), 1, 7, 0
    union all
    select 'c', cast('2024-02-29' as date), 1, -7, 0
    union all
    select 'd', cast('2024-02-29' as date), 2, 7, 0
    union all
    select 'e', cast('2024-02-29' as date), 2, 7, 0
    union all
    select 'f', cast('2024-03-31' as date), 3, 7, 0

),

scored as (

    select
        customer,
        {{ quantile_score('last_day', 'asc') }} as recency_score,
        {{ quantile_score('orders', 'asc') }} as frequency_score,
        {{ quantile_score('amount', 'asc') }} as monetary_score,
        {{ quantile_score('orders', 'desc', 4) }} as reversed_score,
        {{ quantile_score('nothing', 'asc') }} as equal_score
    from population

),

expected as (

    select 'a' as customer, 1 as recency_score, 2 as frequency_score, 3 as monetary_score, 4 as reversed_score
    union all
    select 'b', 1, 2, 3, 4
    union all
    select 'c', 3, 2, 1, 4
    union all
    select 'd', 3, 4, 3, 2
    union all
    select 'e', 3, 4, 3, 2
    union all
    select 'f', 5, 5, 3, 1

)

select
    scored.customer,
    scored.recency_score,
    scored.frequency_score,
    scored.monetary_score,
    scored.reversed_score,
    scored.equal_score
from scored
inner join expected
    on scored.customer = expected.customer
where
    scored.recency_score <> expected.recency_score
    or scored.frequency_score <> expected.frequency_score
    or scored.monetary_score <> expected.monetary_score
    or scored.reversed_score <> expected.reversed_score
    or scored.equal_score <> 3
