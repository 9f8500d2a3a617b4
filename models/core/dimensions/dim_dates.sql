{# Grain: one row per calendar day, from a year before the first event to two years after the last
   day that counts, and the reserved day 1900-01-01 for an unknown date. #}
{%- set start_month = var('fiscal_year_start_month') %}
with

days as (

    select * from {{ ref('int_calendar_days') }}

),

months as (

    select
        *,
        {{ start_of_month('calendar_date') }} as month_start_date,
        {{ end_of_month('calendar_date') }} as month_end_date,
        {{ iso_day_of_week('calendar_date') }} as day_of_week,
        {{ add_days('calendar_date', '1 - ' ~ iso_day_of_week('calendar_date')) }}
            as week_start_date
    from days

),

fiscal as (

    select
        *,
        -- The Thursday of the week gives the ISO year; moved back to January the fiscal one.
        year({{ add_days('week_start_date', 3) }}) as iso_year,
        {{ fiscal_date('calendar_date') }} as fiscal_date,
        {{ fiscal_date(add_days('week_start_date', 3)) }} as fiscal_week_date
    from months

),

fiscal_weeks as (

    select
        *,
        -- A 4-4-5 year begins with the week that holds the fourth day of the first fiscal month.
        {{ add_months(
            "cast("
            ~ concat_text(["cast(year(fiscal_week_date) as " ~ type_text(4) ~ ")", "'-01-04'"])
            ~ " as date)",
            start_month - 1
        ) }} as fourth_day
    from fiscal

),

weeks_counted as (

    select
        *,
        {{ floor_divide(
            days_between(
                add_days('fourth_day', '1 - ' ~ iso_day_of_week('fourth_day')),
                'week_start_date'
            ),
            '7'
        ) }} + 1 as fiscal_week
    from fiscal_weeks

),

numbered as (

    select
        {{ date_key('calendar_date') }} as date_key,
        calendar_date,
        year(calendar_date) as calendar_year,
        {{ floor_divide('month(calendar_date) + 2', '3') }} as quarter_of_year,
        month(calendar_date) as month_of_year,
        case month(calendar_date)
            when 1 then 'January'
            when 2 then 'February'
            when 3 then 'March'
            when 4 then 'April'
            when 5 then 'May'
            when 6 then 'June'
            when 7 then 'July'
            when 8 then 'August'
            when 9 then 'September'
            when 10 then 'October'
            when 11 then 'November'
            when 12 then 'December'
        end as month_name,
        day(calendar_date) as day_of_month,
        day_of_week,
        case day_of_week
            when 1 then 'Monday'
            when 2 then 'Tuesday'
            when 3 then 'Wednesday'
            when 4 then 'Thursday'
            when 5 then 'Friday'
            when 6 then 'Saturday'
            when 7 then 'Sunday'
        end as day_name,
        iso_year,
        {{ iso_week('calendar_date') }} as iso_week,
        year(fiscal_date) + {{ 0 if start_month == 1 else 1 }} as fiscal_year,
        {{ floor_divide('month(fiscal_date) + 2', '3') }} as fiscal_quarter,
        month(fiscal_date) as fiscal_month,
        year(fiscal_week_date) + {{ 0 if start_month == 1 else 1 }} as fiscal_week_year,
        fiscal_week,
        -- Each quarter has periods of four, four and five weeks; a 53rd week joins the last period.
        case
            when fiscal_week >= 53 then 12
            when fiscal_week - 13 * {{ floor_divide('fiscal_week - 1', '13') }} <= 4
                then 3 * {{ floor_divide('fiscal_week - 1', '13') }} + 1
            when fiscal_week - 13 * {{ floor_divide('fiscal_week - 1', '13') }} <= 8
                then 3 * {{ floor_divide('fiscal_week - 1', '13') }} + 2
            else 3 * {{ floor_divide('fiscal_week - 1', '13') }} + 3
        end as fiscal_445_period,
        month_start_date,
        month_end_date,
        week_start_date,
        day_of_week >= 6 as is_weekend,
        is_unknown,
        is_future
    from weeks_counted

),

final as (

    select
        date_key,
        calendar_date,
        calendar_year,
        quarter_of_year,
        month_of_year,
        month_name,
        day_of_month,
        day_of_week,
        day_name,
        iso_year,
        iso_week,
        fiscal_year,
        fiscal_quarter,
        fiscal_month,
        fiscal_week_year,
        fiscal_week,
        fiscal_445_period,
        month_start_date,
        month_end_date,
        week_start_date,
        -- The unknown day is a period of its own.
        case
            when is_unknown then calendar_date
            else {{ add_months('month_start_date', '3 * quarter_of_year - 2 - month_of_year') }}
        end as quarter_start_date,
        case
            when is_unknown then calendar_date
            else {{ add_months('month_start_date', '1 - month_of_year') }}
        end as year_start_date,
        case
            when is_unknown then calendar_date
            else {{ add_months('month_start_date', '3 * fiscal_quarter - 2 - fiscal_month') }}
        end as fiscal_quarter_start_date,
        case
            when is_unknown then calendar_date
            else {{ add_months('month_start_date', '1 - fiscal_month') }}
        end as fiscal_year_start_date,
        -- Periods 1 to 3 of a quarter begin 0, 4 and 8 weeks after it.
        case
            when is_unknown then calendar_date
            else {{ add_days(
                'week_start_date',
                '7 * (4 * fiscal_445_period - 3 + '
                ~ floor_divide('fiscal_445_period - 1', '3') ~ ' - fiscal_week)'
            ) }}
        end as fiscal_445_period_start_date,
        is_weekend,
        is_unknown,
        is_future
    from numbered

)

select * from final
