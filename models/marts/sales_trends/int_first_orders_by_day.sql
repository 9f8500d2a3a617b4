{# Grain: one row per day with an order of an identified customer, slice_type and slice_name. A
   customer counts on the day of the first order of a period, so that the days of the period add up
   to its distinct customers. #}
{%- set period_types = ['week', 'quarter', 'year', 'fiscal_quarter', 'fiscal_year'] %}
{%- set is_first = 'case when orders.previous_order_date < dates.{}_start_date then 1 else 0 end' %}
{%- set customers = [] %}
{%- for period_type in period_types %}
    {%- do customers.append(
        'cast(sum(' ~ is_first.replace('{}', period_type) ~ ') as ' ~ type_integer() ~ ') as '
        ~ period_type ~ '_customers'
    ) %}
{%- endfor %}
with

dates as (

    select
        {%- for period_type in period_types %}
        {{ period_start(period_type, 'dates') }} as {{ period_type }}_start_date,
        {%- endfor %}
        dates.calendar_date
    from {{ ref('dim_dates') }} as dates
    where not dates.is_unknown

),

orders as (

    select
        slice_type,
        slice_name,
        order_date,
        coalesce(
            lag(order_date) over (
                partition by slice_type, slice_name, customer_key
                order by order_date, order_key
            ),
            {{ unknown_date() }}
        ) as previous_order_date
    from {{ ref('fct_sales_sliced') }}
    where customer_key > 0

),

final as (

    select
        orders.order_date as calendar_date,
        orders.slice_type,
        orders.slice_name,
        {{ customers | join(',\n        ') }}
    from orders
    inner join dates
        on orders.order_date = dates.calendar_date
    group by 1, 2, 3

)

select * from final
