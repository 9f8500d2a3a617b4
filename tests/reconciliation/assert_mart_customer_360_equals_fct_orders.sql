{# The customers of mart_customer_360 together with guests and unknown customers have the orders and
   the sales of fct_orders, measure by measure, and are those of dim_customers. #}
{%- set measures = {
    'orders_recognised': 'case when is_counted then 1 else 0 end',
    'orders_qualifying': 'case when is_qualifying then 1 else 0 end',
    'orders_cancelled': 'case when is_cancelled then 1 else 0 end',
    'discounted_orders': 'case when is_counted and is_discounted then 1 else 0 end',
    'units_kept': 'kept_units',
    'sales_after_discount': 'sales_after_discount',
    'returns_by_order_date': 'returns_by_order_date',
    'net_sales_by_order_date': 'net_sales_by_order_date',
    'gross_margin': 'case when is_counted then gross_margin end'
} %}
with

facts as (

    select
        {%- for measure, value in measures.items() %}
        coalesce(sum({{ value }}), 0) as {{ measure }},
        coalesce(sum(case when customer_key < 0 then {{ value }} end), 0) as others_{{ measure }},
        {%- endfor %}
        count(*) as row_count
    from {{ ref('fct_orders') }}

),

mart as (

    select
        {%- for measure in measures %}
        coalesce(sum({{ measure }}), 0) as {{ measure }},
        {%- endfor %}
        count(*) as row_count
    from {{ ref('mart_customer_360') }}

),

customers as (

    select count(*) as row_count
    from {{ ref('dim_customers') }}
    where not is_reserved

)

{% for measure in measures -%}
select
    '{{ measure }}' as measure,
    mart.{{ measure }} as of_customers,
    facts.others_{{ measure }} as of_others,
    facts.{{ measure }} as of_all
from mart
cross join facts
where mart.{{ measure }} + facts.others_{{ measure }} <> facts.{{ measure }}

union all

{% endfor -%}
select
    'customers' as measure,
    mart.row_count as of_customers,
    0 as of_others,
    customers.row_count as of_all
from mart
cross join customers
where mart.row_count <> customers.row_count
