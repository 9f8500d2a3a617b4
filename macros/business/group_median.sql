{#- Two columns that group_median and group_percentile read: <value>_position, the place of a value among the known
    values of its group from the smallest up, and <value>_count, how many known values the group has. -#}
{% macro group_positions(value, groups, key) -%}
    row_number() over (
        partition by {{ groups | join(', ') }}, case when {{ value }} is null then 1 else 0 end
        order by {{ value }}, {{ key }}
    ) as {{ value }}_position,
    count({{ value }}) over (partition by {{ groups | join(', ') }}) as {{ value }}_count
{%- endmacro %}

{#- Median of the known values of a group: the middle one, or the mean of the middle two, exact to four decimals before
    it is rounded. NULL without values. -#}
{% macro group_median(value, scale=2) -%}
    {%- set position, total = value ~ '_position', value ~ '_count' -%}
    {%- set is_middle = '2 * ' ~ position ~ ' between ' ~ total ~ ' and ' ~ total ~ ' + 2' -%}
    {%- set middle = 'case when ' ~ is_middle ~ ' then ' ~ value ~ ' end' -%}
    {{ safe_divide('sum(' ~ middle ~ ')', 'count(' ~ middle ~ ')', scale) }}
{%- endmacro %}

{#- Percentile of the known values of a group by nearest rank: the value at position ceil(percent / 100 x count) from
    the smallest up. It is always one of the values; NULL without any. -#}
{% macro group_percentile(value, percent=90) -%}
    max(
        case
            when
                100 * {{ value }}_position >= {{ percent }} * {{ value }}_count
                and 100 * {{ value }}_position < {{ percent }} * {{ value }}_count + 100
                then {{ value }}
        end
    )
{%- endmacro %}
