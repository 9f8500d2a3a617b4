{# A row that rolls a dimension up is the sum of the rows that name its members, along each of the
   dimensions; orders only along region and segment, as an order may be in two categories. #}
{%- set measures = [
    'units_sold', 'gross_sales', 'discounts', 'sales_after_discount', 'returns_by_order_date',
    'net_sales_by_order_date'
] %}
{%- set dimensions = ['region', 'category', 'segment'] %}
{%- set bits = {'region': 4, 'category': 2, 'segment': 1} %}
{%- set parents = {'region': '4, 5, 6, 7', 'category': '2, 3, 6, 7', 'segment': '1, 3, 5, 7'} %}
with

cube_rows as (

    select
        grouping_id,
        period_type,
        coalesce(period_start_date, {{ unknown_date() }}) as period_start_date,
        region,
        category,
        segment,
        drill_key,
        {{ measures | join(',\n        ') }},
        orders
    from {{ ref('mart_sales_cube') }}

),

{% for rolled_up in dimensions -%}
members_of_{{ rolled_up }} as (

    select
        grouping_id + {{ bits[rolled_up] }} as grouping_id,
        period_type,
        period_start_date,
        {%- for dimension in dimensions %}
        {{ "'ALL' as " if dimension == rolled_up }}{{ dimension }},
        {%- endfor %}
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        sum(orders) as orders
    from cube_rows
    where grouping_id not in ({{ parents[rolled_up] }})
    group by 1, 2, 3, 4, 5, 6

){{ ',' if not loop.last }}

{% endfor -%}

{% for rolled_up in dimensions -%}
select
    '{{ rolled_up }}' as rolled_up,
    parents.period_type,
    parents.period_start_date,
    parents.drill_key
from cube_rows as parents
left join members_of_{{ rolled_up }} as children
    on
        parents.grouping_id = children.grouping_id
        and parents.period_type = children.period_type
        and parents.period_start_date = children.period_start_date
        {%- for dimension in dimensions %}
        and parents.{{ dimension }} = children.{{ dimension }}
        {%- endfor %}
where
    parents.grouping_id in ({{ parents[rolled_up] }})
    and (
        {%- if rolled_up != 'category' %}
        parents.orders <> coalesce(children.orders, 0) or
        {%- endif %}
        {%- for measure in measures %}
        {{ 'or ' if not loop.first }}parents.{{ measure }} <> coalesce(children.{{ measure }}, 0)
        {%- endfor %}
    )
{% if not loop.last %}
union all

{% endif %}
{%- endfor %}
