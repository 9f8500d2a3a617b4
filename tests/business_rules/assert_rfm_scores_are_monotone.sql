{# Within a method a better value never has a lower score, and equal values have equal scores. #}
{%- set scores = [
    ['frequency', 'frequency_score'], ['monetary', 'monetary_score'], ['-recency_days', 'recency_score']
] %}
{%- set marts = ['mart_customer_rfm', 'mart_customer_rfm_threshold_1'] %}
with

ranges as (

    {% for mart in marts -%}
    {%- set is_last = loop.last -%}
    {%- for value, score in scores -%}
    select
        '{{ mart }}' as mart,
        '{{ score }}' as score_name,
        {{ score }} as score,
        cast(min({{ value }}) as {{ type_decimal(18, 4) }}) as worst_value,
        cast(max({{ value }}) as {{ type_decimal(18, 4) }}) as best_value
    from {{ ref(mart) }}
    where {{ score }} is not null
    group by 1, 2, 3
    {% if not (loop.last and is_last) %}
    union all

    {% endif %}
    {%- endfor %}
    {%- endfor %}
)

select
    ranges.mart,
    ranges.score_name,
    ranges.score
from ranges
inner join ranges as higher
    on
        ranges.mart = higher.mart
        and ranges.score_name = higher.score_name
        and ranges.score < higher.score
where higher.worst_value <= ranges.best_value
