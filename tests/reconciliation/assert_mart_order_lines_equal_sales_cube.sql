{# The order lines add up to every cell of region, category and segment, in all and by year. #}
{%- set measures = [
    'units_sold', 'gross_sales', 'discounts', 'sales_after_discount', 'returns_by_order_date',
    'net_sales_by_order_date'
] %}
{%- set day = 'coalesce(order_date, ' ~ unknown_date() ~ ')' %}
{%- set year_start = add_months(start_of_month(day), '1 - month(' ~ day ~ ')') %}
{%- set starts = {'all': unknown_date(), 'year': year_start} %}
with

cells as (

    select * from {{ ref('mart_sales_cube') }}
    where grouping_id = 0 and period_type in ('all', 'year')

),

order_lines as (

    select * from {{ ref('mart_order_lines') }}
    where is_counted

),

added_up as (

    {% for period_type, start in starts.items() -%}
    select
        '{{ period_type }}' as period_type,
        {{ start }} as period_start_date,
        region,
        category,
        segment,
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        count(distinct order_key) as orders
    from order_lines
    group by 1, 2, 3, 4, 5
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

all_cells as (

    select
        period_type,
        period_start_date,
        region,
        category,
        segment
    from cells

    union

    select
        period_type,
        period_start_date,
        region,
        category,
        segment
    from added_up

)

select all_cells.*
from all_cells
left join cells
    on
        all_cells.period_type = cells.period_type
        and all_cells.period_start_date = cells.period_start_date
        and all_cells.region = cells.region
        and all_cells.category = cells.category
        and all_cells.segment = cells.segment
left join added_up
    on
        all_cells.period_type = added_up.period_type
        and all_cells.period_start_date = added_up.period_start_date
        and all_cells.region = added_up.region
        and all_cells.category = added_up.category
        and all_cells.segment = added_up.segment
where
    coalesce(cells.orders, 0) <> coalesce(added_up.orders, 0)
    or coalesce(cells.units_sold, 0) <> coalesce(added_up.units_sold, 0)
    or coalesce(cells.gross_sales, 0) <> coalesce(added_up.gross_sales, 0)
    or coalesce(cells.discounts, 0) <> coalesce(added_up.discounts, 0)
    or coalesce(cells.sales_after_discount, 0) <> coalesce(added_up.sales_after_discount, 0)
    or coalesce(cells.returns_by_order_date, 0) <> coalesce(added_up.returns_by_order_date, 0)
    or coalesce(cells.net_sales_by_order_date, 0) <> coalesce(added_up.net_sales_by_order_date, 0)
