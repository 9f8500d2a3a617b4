{# Everything rolled up is what fct_orders says, for all time and for the years and the months
   together, and its customers are distinct. #}
{%- set measures = [
    'units_sold', 'gross_sales', 'discounts', 'sales_after_discount', 'returns_by_order_date',
    'net_sales_by_order_date', 'orders'
] %}
with

facts as (

    select
        {%- for measure in measures if measure != 'orders' %}
        coalesce(sum({{ measure }}), 0) as {{ measure }},
        {%- endfor %}
        count(*) as orders,
        count(distinct case when customer_key > 0 then customer_key end) as customers
    from {{ ref('fct_orders') }}
    where is_counted

),

periods as (

    {% for period_type in ['all', 'year', 'month'] -%}
    select
        '{{ period_type }}' as period_type,
        {%- for measure in measures %}
        coalesce(sum({{ measure }}), 0) as {{ measure }},
        {%- endfor %}
        coalesce(sum(customers), 0) as customers
    from {{ ref('mart_sales_cube') }}
    where
        grouping_id = 7
        and period_type = '{{ period_type }}'
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
)

select periods.*
from periods
cross join facts
where
    (periods.period_type = 'all' and periods.customers <> facts.customers)
    {%- for measure in measures %}
    or periods.{{ measure }} <> facts.{{ measure }}
    {%- endfor %}
