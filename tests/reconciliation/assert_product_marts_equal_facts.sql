{# Products of all time, and products by month, add up to the counted orders. #}
{%- set measures = [
    'units_sold', 'sales_after_discount', 'returns_by_order_date', 'net_sales_by_order_date'
] %}
{%- set more_measures = ['gross_sales', 'discounts', 'returned_units', 'gross_margin'] %}
with

facts as (

    select
        {%- for measure in measures + more_measures %}
        coalesce(sum({{ measure }}), 0) as {{ measure }},
        {%- endfor %}
        count(*) as row_count
    from {{ ref('fct_orders') }}
    where is_counted

),

products as (

    select
        {%- for measure in measures + more_measures %}
        coalesce(sum({{ measure }}), 0) as {{ measure }},
        {%- endfor %}
        count(*) as row_count
    from {{ ref('mart_product_performance') }}

),

months as (

    select
        {%- for measure in measures %}
        coalesce(sum({{ measure }}), 0) as {{ measure }},
        {%- endfor %}
        count(*) as row_count
    from {{ ref('mart_product_sales_monthly') }}

)

{% for measure in measures + more_measures -%}
select
    '{{ measure }}' as measure,
    'mart_product_performance' as mart,
    facts.{{ measure }} as fact_total,
    products.{{ measure }} as mart_total
from facts
cross join products
where facts.{{ measure }} <> products.{{ measure }}

union all

{% endfor -%}
{% for measure in measures -%}
select
    '{{ measure }}' as measure,
    'mart_product_sales_monthly' as mart,
    facts.{{ measure }} as fact_total,
    months.{{ measure }} as mart_total
from facts
cross join months
where facts.{{ measure }} <> months.{{ measure }}
{% if not loop.last %}
union all

{% endif %}
{%- endfor %}
