{# Grain: one row per period_type and period_start_date, over all sales; the days of
   fct_sales_by_day added up. Period types: week, quarter, year, fiscal_quarter and fiscal_year. The
   period 1900-01-01 of each type holds sales and returns without a date. #}
{%- set year = "cast(period_year as " ~ type_text(4) ~ ")" %}
{%- set number = "cast(period_number as " ~ type_text(2) ~ ")" %}
with

days as (

    select * from {{ ref('fct_sales_by_day') }}
    where slice_type = 'all'

),

period_types as (

    select 'week' as period_type
    union all
    select 'quarter' as period_type
    union all
    select 'year' as period_type
    union all
    select 'fiscal_quarter' as period_type
    union all
    select 'fiscal_year' as period_type

),

calendar as (

    select
        period_types.period_type,
        dates.calendar_date,
        case period_types.period_type
            when 'week' then dates.week_start_date
            when 'quarter' then dates.quarter_start_date
            when 'year' then dates.year_start_date
            when 'fiscal_quarter' then dates.fiscal_quarter_start_date
            when 'fiscal_year' then dates.fiscal_year_start_date
        end as period_start_date,
        case period_types.period_type
            when 'week' then dates.iso_year
            when 'quarter' then dates.calendar_year
            when 'year' then dates.calendar_year
            when 'fiscal_quarter' then dates.fiscal_year
            when 'fiscal_year' then dates.fiscal_year
        end as period_year,
        case period_types.period_type
            when 'week' then dates.iso_week
            when 'quarter' then dates.quarter_of_year
            when 'fiscal_quarter' then dates.fiscal_quarter
            else 1
        end as period_number
    from {{ ref('dim_dates') }} as dates
    cross join period_types

),

measured as (

    select
        calendar.period_type,
        calendar.period_start_date,
        calendar.period_year,
        calendar.period_number,
        days.is_undated,
        sum(days.units_sold) as units_sold,
        sum(days.gross_sales) as gross_sales,
        sum(days.discounts) as discounts,
        sum(days.sales_after_discount) as sales_after_discount,
        sum(days.returns) as returns,
        sum(days.returns_by_order_date) as returns_by_order_date,
        sum(days.net_sales) as net_sales,
        sum(days.net_sales_by_order_date) as net_sales_by_order_date,
        sum(days.orders) as orders,
        sum(
            case calendar.period_type
                when 'week' then days.customers_by_week
                when 'quarter' then days.customers_by_quarter
                when 'year' then days.customers_by_year
                when 'fiscal_quarter' then days.customers_by_fiscal_quarter
                when 'fiscal_year' then days.customers_by_fiscal_year
            end
        ) as customers
    from days
    inner join calendar
        on days.calendar_date = calendar.calendar_date
    group by 1, 2, 3, 4, 5

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
            when is_undated then 'Undated'
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
        named.period_end_date,
        named.period_name,
        cast(named.period_year as {{ type_integer() }}) as period_year,
        cast(named.period_number as {{ type_integer() }}) as period_number,
        cast(named.units_sold as {{ type_integer() }}) as units_sold,
        cast(named.gross_sales as {{ type_decimal(18, 4) }}) as gross_sales,
        cast(named.discounts as {{ type_decimal(18, 4) }}) as discounts,
        cast(named.sales_after_discount as {{ type_decimal(18, 4) }}) as sales_after_discount,
        cast(named.returns as {{ type_decimal(18, 4) }}) as returns,
        cast(named.returns_by_order_date as {{ type_decimal(18, 4) }}) as returns_by_order_date,
        cast(named.net_sales as {{ type_decimal(18, 4) }}) as net_sales,
        cast(named.net_sales_by_order_date as {{ type_decimal(18, 4) }}) as net_sales_by_order_date,
        cast(named.orders as {{ type_integer() }}) as orders,
        cast(named.customers as {{ type_integer() }}) as customers,
        not named.is_undated and named.period_end_date <= run_context.as_of_date as is_complete,
        named.is_undated
    from named
    cross join {{ ref('run_context') }} as run_context

)

select * from final
