{# Customers of a period are distinct customers, although they are added up from days: counted again
   from the orders, for the slice types all and category. #}
with

{% for period_type in ['week', 'quarter', 'year', 'fiscal_quarter', 'fiscal_year'] -%}
counted_{{ period_type }} as (

    select
        '{{ period_type }}' as period_type,
        {{ period_start(period_type, 'dates') }} as period_start_date,
        sales.slice_type,
        sales.slice_name,
        count(distinct sales.customer_key) as customers
    from {{ ref('fct_sales_sliced') }} as sales
    inner join {{ ref('dim_dates') }} as dates
        on sales.order_date = dates.calendar_date
    where
        sales.customer_key > 0
        and sales.slice_type in ('all', 'category')
        and not dates.is_unknown
    group by 1, 2, 3, 4

),

{% endfor -%}
counted as (

    {% for period_type in ['week', 'quarter', 'year', 'fiscal_quarter', 'fiscal_year'] -%}
    select * from counted_{{ period_type }}
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
)

select
    periods.period_type,
    periods.period_start_date,
    periods.slice_type,
    periods.slice_name,
    periods.customers,
    counted.customers as customers_counted
from {{ ref('mart_sales_by_period') }} as periods
left join counted
    on
        periods.period_type = counted.period_type
        and periods.period_start_date = counted.period_start_date
        and periods.slice_type = counted.slice_type
        and periods.slice_name = counted.slice_name
where
    periods.slice_type in ('all', 'category')
    and periods.customers <> coalesce(counted.customers, 0)
