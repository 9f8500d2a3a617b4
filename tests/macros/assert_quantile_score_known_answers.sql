{# Six customers scored by several measures in one select, as the segments are: ties are equal, all
   equal is 3. The scores expected follow the values; the last one is that of the orders within the
   regions, two customers in the west and four in the east. #}
{%- set customers = [
    ['a', '2024-01-01', 1, 7, 1, 2, 3, 4, 'west', 2],
    ['b', '2024-01-01', 1, 7, 1, 2, 3, 4, 'east', 2],
    ['c', '2024-02-29', 1, -7, 3, 2, 1, 4, 'east', 2],
    ['d', '2024-02-29', 2, 7, 3, 4, 3, 2, 'west', 4],
    ['e', '2024-02-29', 2, 7, 3, 4, 3, 2, 'east', 4],
    ['f', '2024-03-31', 3, 7, 5, 5, 3, 1, 'east', 5]
] %}
with

population as (
    {% for customer in customers %}
    select
        '{{ customer[0] }}' as customer,
        cast('{{ customer[1] }}' as date) as last_day,
        {{ customer[2] }} as orders,
        {{ customer[3] }} as amount,
        0 as same_value,
        {{ customer[4] }} as expected_recency,
        {{ customer[5] }} as expected_frequency,
        {{ customer[6] }} as expected_monetary,
        {{ customer[7] }} as expected_reversed,
        '{{ customer[8] }}' as region,
        {{ customer[9] }} as expected_regional
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

scored as (

    select
        *,
        {{ quantile_score('last_day', 'asc') }} as recency_score,
        {{ quantile_score('orders', 'asc') }} as frequency_score,
        {{ quantile_score('amount', 'asc') }} as monetary_score,
        {{ quantile_score('orders', 'desc', 4) }} as reversed_score,
        {{ quantile_score('same_value', 'asc') }} as equal_score,
        {{ quantile_score('orders', 'asc', partition_by='region') }} as regional_score
    from population

)

select * from scored
where
    recency_score <> expected_recency
    or frequency_score <> expected_frequency
    or monetary_score <> expected_monetary
    or reversed_score <> expected_reversed
    or equal_score <> 3
    or regional_score <> expected_regional
