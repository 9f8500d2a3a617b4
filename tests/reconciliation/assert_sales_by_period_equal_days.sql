{# Over all time the periods of every type add up to the days that have a date, slice by slice. #}
{%- set measures = [
    'units_sold', 'gross_sales', 'discounts', 'sales_after_discount', 'returns',
    'returns_by_order_date',
    'net_sales', 'net_sales_by_order_date', 'orders'
] %}
with

days as (

    select
        slice_type,
        slice_name,
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        count(*) as row_count
    from {{ ref('mart_sales_daily') }}
    where not is_undated
    group by 1, 2

),

periods as (

    select
        period_type,
        slice_type,
        slice_name,
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        count(*) as row_count
    from {{ ref('mart_sales_by_period') }}
    group by 1, 2, 3

),

period_types as (

    {% for period_type in ['week', 'quarter', 'year', 'fiscal_quarter', 'fiscal_year'] -%}
    select '{{ period_type }}' as period_type
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
)

select
    period_types.period_type,
    days.slice_type,
    days.slice_name
from days
cross join period_types
left join periods
    on
        period_types.period_type = periods.period_type
        and days.slice_type = periods.slice_type
        and days.slice_name = periods.slice_name
where
    periods.period_type is null
    {%- for measure in measures %}
    or days.{{ measure }} <> periods.{{ measure }}
    {%- endfor %}
