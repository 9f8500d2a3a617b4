{# The days of each month add up to the month, slice by slice, and the days of all sales to the
   orders of fct_orders; what has no date is a day and a month of its own. #}
{%- set measures = [
    'units_sold', 'gross_sales', 'discounts', 'sales_after_discount', 'returns',
    'returns_by_order_date',
    'net_sales', 'net_sales_by_order_date', 'orders'
] %}
{%- set of_orders = ['units_sold', 'gross_sales', 'discounts', 'sales_after_discount'] %}
with

days as (

    select
        {{ start_of_month('calendar_date') }} as month_start_date,
        slice_type,
        slice_name,
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        count(*) as row_count
    from {{ ref('mart_sales_daily') }}
    group by 1, 2, 3

),

daily as (

    select
        {%- for measure in of_orders %}
        coalesce(sum({{ measure }}), 0) as {{ measure }},
        {%- endfor %}
        coalesce(sum(orders), 0) as orders
    from days
    where slice_type = 'all'

),

facts as (

    select
        {%- for measure in of_orders %}
        coalesce(sum({{ measure }}), 0) as {{ measure }},
        {%- endfor %}
        coalesce(sum(case when is_counted then 1 else 0 end), 0) as orders
    from {{ ref('fct_orders') }}

)

select
    months.month_start_date,
    months.slice_type,
    months.slice_name
from {{ ref('mart_sales_monthly') }} as months
left join days
    on
        months.month_start_date = days.month_start_date
        and months.slice_type = days.slice_type
        and months.slice_name = days.slice_name
where
    days.month_start_date is null
    {%- for measure in measures %}
    or months.{{ measure }} <> days.{{ measure }}
    {%- endfor %}

union all

select
    {{ unknown_date() }} as month_start_date,
    'fct_orders' as slice_type,
    'fct_orders' as slice_name
from daily
cross join facts
where
    daily.orders <> facts.orders
    {%- for measure in of_orders %}
    or daily.{{ measure }} <> facts.{{ measure }}
    {%- endfor %}
