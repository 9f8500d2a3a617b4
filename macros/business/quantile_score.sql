{#- Score from 1 to `bins` of a value within a population: 1 + floor((2 k w + k t) / 2 N), where w values are
    strictly worse, t are equal (the value itself included) and N is the size of the population.
    `worse_first` is the order of the values from the worst to the best: 'asc' or 'desc'. -#}
{% macro quantile_score(value, worse_first, bins=5) -%}
    {%- set worse = "(rank() over (order by " ~ value ~ " " ~ worse_first ~ ") - 1)" -%}
    {%- set tied = "count(*) over (partition by " ~ value ~ ")" -%}
    1 + {{ floor_divide(
        2 * bins ~ " * " ~ worse ~ " + " ~ bins ~ " * " ~ tied,
        "(2 * count(*) over ())"
    ) }}
{%- endmacro %}
