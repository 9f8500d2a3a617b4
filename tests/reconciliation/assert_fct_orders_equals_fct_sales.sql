{# The order header is the sum of its lines, measure by measure. #}
{%- set measures = [
    'ordered_units', 'ordered_amount', 'units_sold', 'gross_sales', 'discounts',
    'sales_after_discount', 'gift_card_sales', 'returned_units', 'returns_by_order_date',
    'net_sales_by_order_date',
    'kept_units'
] %}
with

order_lines as (

    select
        {%- for measure in measures %}
        coalesce(sum({{ measure }}), 0) as {{ measure }},
        {%- endfor %}
        count(*) as row_count
    from {{ ref('fct_sales') }}

),

orders as (

    select
        {%- for measure in measures %}
        coalesce(sum({{ measure }}), 0) as {{ measure }},
        {%- endfor %}
        count(*) as row_count
    from {{ ref('fct_orders') }}

)

{% for measure in measures -%}
select
    '{{ measure }}' as measure,
    order_lines.{{ measure }} as line_total,
    orders.{{ measure }} as order_total
from order_lines
cross join orders
where order_lines.{{ measure }} <> orders.{{ measure }}
{% if not loop.last %}
union all

{% endif %}
{%- endfor %}
