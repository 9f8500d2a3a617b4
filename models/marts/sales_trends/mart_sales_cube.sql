{# Grain: one row per grouping_id, period_type, period_start_date, region, category and segment. The
   member 'ALL' is a roll-up; grouping_id says which: 4 region, 2 category, 1 segment. #}
{%- set measures = [
    'units_sold', 'gross_sales', 'discounts', 'sales_after_discount', 'returns_by_order_date',
    'net_sales_by_order_date', 'orders'
] %}
{%- set counts = ['units_sold', 'orders', 'customers'] %}
{%- set periods = [
    ['all', 'ever', unknown_date()],
    ['year', 'year', add_months('month_start_date', '1 - month(month_start_date)')],
    ['month', 'month', 'month_start_date']
] %}
{%- set groupings = [
    [0, 'region_and_segment', 'region', 'segment'],
    [1, 'region', 'region', "'ALL'"],
    [4, 'segment', "'ALL'", 'segment'],
    [5, 'neither', "'ALL'", "'ALL'"]
] %}
{%- set roll_ups = [] %}
{%- for period in periods %}
{%- for grouping in groupings %}
{%- do roll_ups.append(period + grouping) %}
{%- endfor %}
{%- endfor %}
with

cells as (

    select * from {{ ref('fct_sales_cells') }}

),

rolled_up as (

    {% for period_type, first, start_date, grouping_id, grouping, region, segment in roll_ups -%}
    select
        {{ grouping_id }} + case when is_all_categories then 2 else 0 end as grouping_id,
        '{{ period_type }}' as period_type,
        {{ start_date }} as period_start_date,
        {{ region }} as region,
        category,
        {{ segment }} as segment,
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        sum({{ first }}_customers_by_{{ grouping }}) as customers
    from cells
    group by 1, 2, 3, 4, 5, 6
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
),

final as (

    select
        cast(grouping_id as {{ type_integer() }}) as grouping_id,
        period_type,
        period_start_date,
        region,
        category,
        segment,
        {{ concat_text(['region', "'|'", 'category', "'|'", 'segment']) }} as drill_key,
        {%- for measure in measures + ['customers'] %}
        cast(
            {{ measure }} as {{ type_integer() if measure in counts else type_decimal(18, 4) }}
        ) as {{ measure }},
        {%- endfor %}
        {{ safe_divide('sales_after_discount', 'orders') }} as average_order_value,
        period_type <> 'all' and period_start_date = {{ unknown_date() }} as is_undated
    from rolled_up

)

select * from final
