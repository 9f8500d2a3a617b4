{# Grain: one row per period_type, period_start_date, slice_type and slice_name. Period types: week,
   quarter, year, fiscal_quarter and fiscal_year. What has no date is in none of them. #}
{%- set calendars = {
    'week': ['iso_year', 'iso_week'],
    'quarter': ['calendar_year', 'quarter_of_year'],
    'year': ['calendar_year', '1'],
    'fiscal_quarter': ['fiscal_year', 'fiscal_quarter'],
    'fiscal_year': ['fiscal_year', '1']
} %}
{%- set counts = ['units_sold', 'orders', 'customers'] %}
{%- set measures = [
    'units_sold', 'gross_sales', 'discounts', 'sales_after_discount', 'returns',
    'returns_by_order_date',
    'net_sales', 'net_sales_by_order_date', 'orders'
] %}
{%- set year = "cast(period_year as " ~ type_text(4) ~ ")" %}
{%- set number = "cast(period_number as " ~ type_text(2) ~ ")" %}
with

days as (

    select * from {{ ref('int_sales_by_day') }}

),

calendar as (

    {% for period_type, parts in calendars.items() -%}
    select
        '{{ period_type }}' as period_type,
        {{ period_start(period_type, 'dates') }} as period_start_date,
        dates.{{ parts[0] }} as period_year,
        {{ parts[1] if parts[1] == '1' else 'dates.' ~ parts[1] }} as period_number,
        dates.calendar_date
    from {{ ref('dim_dates') }} as dates
    where not dates.is_unknown
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
),

measured as (

    select
        calendar.period_type,
        calendar.period_start_date,
        calendar.period_year,
        calendar.period_number,
        days.slice_type,
        days.slice_name,
        {%- for measure in measures %}
        sum(days.{{ measure }}) as {{ measure }},
        {%- endfor %}
        sum(
            case calendar.period_type
                {%- for period_type in calendars %}
                when '{{ period_type }}' then coalesce(first_orders.{{ period_type }}_customers, 0)
                {%- endfor %}
            end
        ) as customers,
        min(case when days.is_prelaunch then 1 else 0 end) = 1 as is_prelaunch
    from days
    inner join calendar
        on days.calendar_date = calendar.calendar_date
    left join {{ ref('int_first_orders_by_day') }} as first_orders
        on
            days.calendar_date = first_orders.calendar_date
            and days.slice_type = first_orders.slice_type
            and days.slice_name = first_orders.slice_name
    group by 1, 2, 3, 4, 5, 6

),

named as (

    select
        *,
        case
            when period_type = 'week' then {{ add_days('period_start_date', 6) }}
            when period_type in ('quarter', 'fiscal_quarter')
                then {{ add_days(add_months('period_start_date', 3), -1) }}
            else {{ add_days(add_months('period_start_date', 12), -1) }}
        end as period_end_date,
        case
            when period_type = 'week' and period_number < 10
                then {{ concat_text([year, "'-W0'", number]) }}
            when period_type = 'week' then {{ concat_text([year, "'-W'", number]) }}
            when period_type = 'quarter' then {{ concat_text([year, "'-Q'", number]) }}
            when period_type = 'year' then {{ year }}
            when period_type = 'fiscal_quarter'
                then {{ concat_text(["'FY'", year, "'-Q'", number]) }}
            else {{ concat_text(["'FY'", year]) }}
        end as period_name
    from measured

),

final as (

    select
        named.period_type,
        named.period_start_date,
        named.slice_type,
        named.slice_name,
        named.period_end_date,
        named.period_name,
        cast(named.period_year as {{ type_integer() }}) as period_year,
        cast(named.period_number as {{ type_integer() }}) as period_number,
        {%- for measure in measures + ['customers'] %}
        cast(
            named.{{ measure }}
            as {{ type_integer() if measure in counts else type_decimal(18, 4) }}
        ) as {{ measure }},
        {%- endfor %}
        named.period_end_date <= run_context.as_of_date as is_complete,
        named.is_prelaunch
    from named
    cross join {{ ref('run_context') }} as run_context

)

select * from final
