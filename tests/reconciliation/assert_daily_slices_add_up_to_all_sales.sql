{# On each day, and in each week, quarter and year, the members of every slice type add up to all
   sales, for the measures that may be added. #}
{%- set measures = [
    'units_sold', 'gross_sales', 'discounts', 'sales_after_discount', 'returns',
    'returns_by_order_date',
    'net_sales', 'net_sales_by_order_date', 'share_of_total'
] %}
with

rows_of_marts as (

    select
        'day' as period_type,
        calendar_date as period_start_date,
        slice_type,
        {{ measures | join(',\n        ') }}
    from {{ ref('mart_sales_daily') }}

    union all

    select
        period_type,
        period_start_date,
        slice_type,
        {{ measures | join(',\n        ') }}
    from {{ ref('mart_sales_by_period') }}

),

slices as (

    select
        period_type,
        period_start_date,
        slice_type,
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        count(*) as row_count
    from rows_of_marts
    group by 1, 2, 3

)

select
    slices.period_type,
    slices.period_start_date,
    slices.slice_type
from slices
inner join slices as totals
    on
        slices.period_type = totals.period_type
        and slices.period_start_date = totals.period_start_date
        and totals.slice_type = 'all'
where
    abs(slices.share_of_total - 1) > 0.000001
    {%- for measure in measures if measure != 'share_of_total' %}
    or slices.{{ measure }} <> totals.{{ measure }}
    {%- endfor %}
