{#- A query of one row and column, rank_agreement: of the pairs of rows of a relation that are apart in both scores, the
    share that stands in the same order in both. 1 is the same order throughout, 0.5 is chance, 0 the reverse; NULL
    without such a pair. Rows are counted by cell first, so scores of few values are quick. -#}
{% macro rank_agreement(relation, score, other_score) -%}
    {%- set cells -%}
(
    select
        {{ score }} as score,
        {{ other_score }} as other_score,
        count(*) as row_count
    from {{ relation }}
    group by 1, 2
)
    {%- endset -%}
    {%- set pairs = 'worse.row_count * better.row_count' -%}
select
    {{ safe_divide(
        'sum(case when worse.other_score < better.other_score then ' ~ pairs ~ ' else 0 end)',
        'sum(case when worse.other_score <> better.other_score then ' ~ pairs ~ ' else 0 end)'
    ) }} as rank_agreement
from {{ cells }} as worse
inner join {{ cells }} as better
    on worse.score < better.score
{%- endmacro %}
