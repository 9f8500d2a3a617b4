{# A better value never has a lower score, and equal values have equal scores. #}
{%- set scores = [
    ['frequency', 'frequency_score', '>'], ['monetary', 'monetary_score', '>'], ['recency_days', 'recency_score', '<']
] %}
{% for value, score, better in scores -%}
select
    '{{ score }}' as score_name,
    ranges.{{ score }} as score
from (
    select
        {{ score }},
        min({{ value }}) as lowest,
        max({{ value }}) as highest
    from {{ ref('mart_customer_rfm') }}
    where {{ score }} is not null
    group by 1
) as ranges
inner join (
    select
        {{ score }},
        min({{ value }}) as lowest,
        max({{ value }}) as highest
    from {{ ref('mart_customer_rfm') }}
    where {{ score }} is not null
    group by 1
) as higher
    on higher.{{ score }} > ranges.{{ score }}
where not {{ 'higher.lowest > ranges.highest' if better == '>' else 'higher.highest < ranges.lowest' }}
{% if not loop.last %}
union all

{% endif %}
{%- endfor %}
