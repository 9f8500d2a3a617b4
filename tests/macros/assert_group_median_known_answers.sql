{# Samples of one to eleven values, with ties, negative values and NULL, all in one select as marts
   use the macros: the median is the mean of the middle two, a percentile one of the values. #}
{%- set samples = [
    ['one', ['7'], '7', '7', '7'],
    ['two', ['4', '1'], '2.5', '4', '1'],
    ['three', ['3', '1', '2'], '2', '3', '1'],
    ['four with a tie', ['2', '9', '1', '2'], '2', '9', '1'],
    ['all equal', ['5', '5', '5'], '5', '5', '5'],
    ['ten', ['10', '9', '8', '7', '6', '5', '4', '3', '2', '1'], '5.5', '9', '3'],
    ['eleven', ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11'], '6', '10', '3'],
    ['negative', ['-4', '-1'], '-2.5', '-1', '-4'],
    ['rounded up', ['0.1', '0.1300'], '0.12', '0.13', '0.1'],
    ['rounded away from zero', ['-0.01', '-0.02'], '-0.02', '-0.01', '-0.02'],
    ['some unknown', ['null', '3', 'null', '1'], '2', '3', '1'],
    ['all unknown', ['null', 'null'], 'null', 'null', 'null']
] %}
with

sample_values as (
    {% for name, sample, median, high, low in samples %}
    {%- set outer_loop = loop %}
    {%- for value in sample %}
    select
        '{{ name }}' as sample_name,
        {{ loop.index }} as value_number,
        cast({{ value }} as {{ type_decimal(18, 4) }}) as amount
    {% if not (loop.last and outer_loop.last) %}union all{% endif %}
    {%- endfor %}
    {%- endfor %}

),

expected as (
    {% for name, sample, median, high, low in samples %}
    select
        '{{ name }}' as sample_name,
        cast({{ median }} as {{ type_decimal(18, 4) }}) as expected_median,
        cast({{ high }} as {{ type_decimal(18, 4) }}) as expected_high,
        cast({{ low }} as {{ type_decimal(18, 4) }}) as expected_low
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

positioned as (

    select
        *,
        {{ group_positions('amount', ['sample_name'], 'value_number') }}
    from sample_values

),

found as (

    select
        sample_name,
        {{ group_median('amount') }} as found_median,
        {{ group_percentile('amount') }} as found_high,
        {{ group_percentile('amount', 25) }} as found_low
    from positioned
    group by 1

)

select
    expected.sample_name,
    found.found_median,
    found.found_high,
    found.found_low
from expected
left join found
    on expected.sample_name = found.sample_name
where
    {%- for measure in ['median', 'high', 'low'] %}
    {{ 'or ' if not loop.first }}case
        when found.found_{{ measure }} is null and expected.expected_{{ measure }} is null then 0
        when found.found_{{ measure }} = expected.expected_{{ measure }} then 0
        else 1
    end = 1
    {%- endfor %}
    or found.sample_name is null
