{# Within a method version a better value never has a lower score, and equal values have equal
   scores. #}
{%- set scores = [
    ['frequency', 'frequency_score'], ['monetary', 'monetary_score'], ['-recency_days', 'recency_score']
] %}
with

ranges as (

    {% for value, score in scores -%}
    select
        method_version,
        '{{ score }}' as score_name,
        {{ score }} as score,
        cast(min({{ value }}) as {{ type_decimal(18, 4) }}) as worst_value,
        cast(max({{ value }}) as {{ type_decimal(18, 4) }}) as best_value
    from {{ ref('mart_customer_rfm') }}
    where {{ score }} is not null
    group by 1, 2, 3
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
)

select
    ranges.method_version,
    ranges.score_name,
    ranges.score
from ranges
inner join ranges as higher
    on
        ranges.method_version = higher.method_version
        and ranges.score_name = higher.score_name
        and ranges.score < higher.score
where higher.worst_value <= ranges.best_value
