{#- Score from 1 to `bins` of a value within a population: 1 + floor((2 k w + k t) / 2 N), where w values are
    strictly worse, t are equal (the value itself included) and N is the size of the population.
    `worse_first` is the order of the values from the worst to the best: 'asc' or 'desc'. With `partition_by` each
    partition is a population of its own.
    N is counted over an ordered frame: MariaDB 10.11 miscounts its neighbours when a window is empty. -#}
{% macro quantile_score(value, worse_first, bins=5, partition_by=none) -%}
    {%- set population = "partition by " ~ partition_by ~ " " if partition_by else "" -%}
    {%- set ordered = population ~ "order by " ~ value ~ " " ~ worse_first -%}
    {%- set equals = partition_by ~ ", " ~ value if partition_by else value -%}
    {%- set worse = "(rank() over (" ~ ordered ~ ") - 1)" -%}
    {%- set tied = "count(*) over (partition by " ~ equals ~ ")" -%}
    {%- set everyone = "count(*) over (" ~ ordered ~ " rows between unbounded preceding and unbounded following)" -%}
    1 + {{ floor_divide(
        2 * bins ~ " * " ~ worse ~ " + " ~ bins ~ " * " ~ tied,
        "(2 * " ~ everyone ~ ")"
    ) }}
{%- endmacro %}
