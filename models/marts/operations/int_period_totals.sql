{# Grain: one row per period_type and period_start_date. Period types: all, year, month. The period
   'all' starts on 1900-01-01 and includes what has no date; no other period does. #}
{%- set year_start = add_months(start_of_month('{date}'), '1 - month({date})') %}
{%- set starts = {'all': unknown_date(), 'year': year_start, 'month': start_of_month('{date}')} %}
{%- set year_end = end_of_month(add_months('{date}', '12 - month({date})')) %}
{%- set ends = {'year': year_end, 'month': end_of_month('{date}')} %}
{%- set mature = is_mature('orders.order_date') %}
{%- set counts = ['orders', 'cancelled_orders', 'qualifying_orders', 'units_sold'] %}
{%- set customer_counts = {
    'customers': 'orders > 0', 'qualifying_customers': 'qualifying_orders > 0',
    'repeat_customers': 'qualifying_orders > 1'
} %}
{%- set amounts = [
    'sales_after_discount', 'net_sales_with_cost', 'gross_margin', 'mature_sales', 'mature_returns'
] %}
{%- set net_amounts = ['returns', 'net_sales_by_order_date'] %}
with

events as (

    select
        orders.order_date as event_date,
        orders.is_dated,
        orders.customer_key,
        case when orders.is_counted then 1 else 0 end as orders,
        case when orders.is_cancelled then 1 else 0 end as cancelled_orders,
        case when orders.is_qualifying then 1 else 0 end as qualifying_orders,
        orders.units_sold,
        orders.sales_after_discount,
        orders.net_sales_with_cost,
        orders.gross_margin,
        case when {{ mature }} then orders.sales_after_discount else 0 end as mature_sales,
        case when {{ mature }} then orders.returns_by_order_date else 0 end as mature_returns,
        0 as returns,
        orders.net_sales_by_order_date
    from {{ ref('fct_orders') }} as orders
    cross join {{ ref('run_context') }} as run_context
    where not orders.is_future

    union all

    select
        return_date as event_date,
        is_dated,
        customer_key,
        0 as {{ (counts + amounts) | join(',\n        0 as ') }},
        returns,
        -- Credit notes that name no order count on their own day on either basis.
        case when is_order_linked then 0 else -returns end as net_sales_by_order_date
    from {{ ref('fct_returns') }}
    where is_counted

),

customer_totals as (

    {% for period_type, start in starts.items() -%}
    select
        '{{ period_type }}' as period_type,
        {{ start.replace('{date}', 'event_date') }} as period_start_date,
        customer_key,
        {%- for total in counts + amounts + net_amounts %}
        sum({{ total }}) as {{ total }},
        {%- endfor %}
        sum(case when customer_key = -2 then net_sales_by_order_date else 0 end) as guest_net_sales
    from events
    where {{ '1 = 1' if period_type == 'all' else 'is_dated' }}
    group by 1, 2, 3
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

totals as (

    select
        period_type,
        period_start_date,
        {%- for total in counts + amounts + net_amounts + ['guest_net_sales'] %}
        sum({{ total }}) as {{ total }},
        {%- endfor %}
        {%- for total, condition in customer_counts.items() %}
        sum(case when customer_key > 0 and {{ condition }} then 1 else 0 end) as {{ total }},
        {%- endfor %}
        sum(case when customer_key > 0 then orders else 0 end) as customer_orders
    from customer_totals
    group by 1, 2

),

calendar as (

    {% for period_type, end in ends.items() -%}
    select distinct
        '{{ period_type }}' as period_type,
        {{ starts[period_type].replace('{date}', 'dates.calendar_date') }} as period_start_date,
        {{ end.replace('{date}', 'dates.calendar_date') }} <= run_context.as_of_date as is_complete
    from {{ ref('dim_dates') }} as dates
    cross join {{ ref('run_context') }} as run_context
    where
        not dates.is_unknown
        and run_context.has_orders
        and dates.{{ 'month_start_date' if period_type == 'month' else 'calendar_date' }} between
        {{ start_of_month('run_context.first_order_date') }} and run_context.as_of_date

    union all

    {% endfor -%}
    select
        'all' as period_type,
        {{ unknown_date() }} as period_start_date,
        true as is_complete
    from {{ ref('run_context') }}

),

final as (

    select
        calendar.period_type,
        calendar.period_start_date,
        {%- for total in ['customer_orders'] + counts + (customer_counts | list) %}
        cast(coalesce(totals.{{ total }}, 0) as {{ type_integer() }}) as {{ total }},
        {%- endfor %}
        {%- for total in amounts + net_amounts + ['guest_net_sales'] %}
        cast(coalesce(totals.{{ total }}, 0) as {{ type_decimal(18, 4) }}) as {{ total }},
        {%- endfor %}
        calendar.is_complete
    from calendar
    left join totals
        on
            calendar.period_type = totals.period_type
            and calendar.period_start_date = totals.period_start_date

)

select * from final
