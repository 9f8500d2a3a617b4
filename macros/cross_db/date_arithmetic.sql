{#- Whole days from start_date to end_date; negative when end_date is earlier. -#}
{% macro days_between(start_date, end_date) -%}
    {{ return(adapter.dispatch('days_between', 'customer_trends')(start_date, end_date)) }}
{%- endmacro %}

{% macro default__days_between(start_date, end_date) -%}
    {{ exceptions.raise_compiler_error('days_between has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__days_between(start_date, end_date) -%}
    date_diff('day', cast({{ start_date }} as date), cast({{ end_date }} as date))
{%- endmacro %}

{% macro mysql__days_between(start_date, end_date) -%}
    datediff({{ end_date }}, {{ start_date }})
{%- endmacro %}

{% macro mariadb__days_between(start_date, end_date) -%}
    {{ return(customer_trends.mysql__days_between(start_date, end_date)) }}
{%- endmacro %}

{% macro spark__days_between(start_date, end_date) -%}
    datediff(cast({{ end_date }} as date), cast({{ start_date }} as date))
{%- endmacro %}

{#- Calendar months from the month of start_date to the month of end_date. -#}
{% macro months_between_months(start_date, end_date) -%}
    {{ return(adapter.dispatch('months_between_months', 'customer_trends')(start_date, end_date)) }}
{%- endmacro %}

{% macro default__months_between_months(start_date, end_date) -%}
    {{ exceptions.raise_compiler_error('months_between_months has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__months_between_months(start_date, end_date) -%}
    date_diff('month', cast({{ start_date }} as date), cast({{ end_date }} as date))
{%- endmacro %}

{% macro mysql__months_between_months(start_date, end_date) -%}
    period_diff(extract(year_month from {{ end_date }}), extract(year_month from {{ start_date }}))
{%- endmacro %}

{% macro mariadb__months_between_months(start_date, end_date) -%}
    {{ return(customer_trends.mysql__months_between_months(start_date, end_date)) }}
{%- endmacro %}

{% macro spark__months_between_months(start_date, end_date) -%}
    cast((year({{ end_date }}) - year({{ start_date }})) * 12 + month({{ end_date }}) - month({{ start_date }}) as bigint)
{%- endmacro %}

{#- Hours from start_time to end_time, with two decimals. -#}
{% macro hours_between(start_time, end_time) -%}
    {{ return(adapter.dispatch('hours_between', 'customer_trends')(start_time, end_time)) }}
{%- endmacro %}

{% macro default__hours_between(start_time, end_time) -%}
    {{ exceptions.raise_compiler_error('hours_between has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__hours_between(start_time, end_time) -%}
    cast(round(date_diff('second', {{ start_time }}, {{ end_time }}) / 3600.0, 2) as decimal(18, 2))
{%- endmacro %}

{% macro mysql__hours_between(start_time, end_time) -%}
    cast(round(timestampdiff(second, {{ start_time }}, {{ end_time }}) / 3600.0, 2) as decimal(18, 2))
{%- endmacro %}

{% macro mariadb__hours_between(start_time, end_time) -%}
    {{ return(customer_trends.mysql__hours_between(start_time, end_time)) }}
{%- endmacro %}

{% macro spark__hours_between(start_time, end_time) -%}
    cast(round(timestampdiff(second, {{ start_time }}, {{ end_time }}) / 3600.0, 2) as decimal(18, 2))
{%- endmacro %}

{#- The date so many days later; earlier when days is negative. -#}
{% macro add_days(date, days) -%}
    {{ return(adapter.dispatch('add_days', 'customer_trends')(date, days)) }}
{%- endmacro %}

{% macro default__add_days(date, days) -%}
    {{ exceptions.raise_compiler_error('add_days has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__add_days(date, days) -%}
    cast(cast({{ date }} as date) + to_days(cast({{ days }} as integer)) as date)
{%- endmacro %}

{% macro mysql__add_days(date, days) -%}
    date_add({{ date }}, interval ({{ days }}) day)
{%- endmacro %}

{% macro mariadb__add_days(date, days) -%}
    {{ return(customer_trends.mysql__add_days(date, days)) }}
{%- endmacro %}

{% macro spark__add_days(date, days) -%}
    date_add(cast({{ date }} as date), cast({{ days }} as int))
{%- endmacro %}

{#- The date so many months later, clipped to the last day of a shorter month. -#}
{% macro add_months(date, months) -%}
    {{ return(adapter.dispatch('add_months', 'customer_trends')(date, months)) }}
{%- endmacro %}

{% macro default__add_months(date, months) -%}
    {{ exceptions.raise_compiler_error('add_months has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__add_months(date, months) -%}
    cast(cast({{ date }} as date) + to_months(cast({{ months }} as integer)) as date)
{%- endmacro %}

{% macro mysql__add_months(date, months) -%}
    date_add({{ date }}, interval ({{ months }}) month)
{%- endmacro %}

{% macro mariadb__add_months(date, months) -%}
    {{ return(customer_trends.mysql__add_months(date, months)) }}
{%- endmacro %}

{% macro spark__add_months(date, months) -%}
    add_months(cast({{ date }} as date), cast({{ months }} as int))
{%- endmacro %}

{#- First day of the month of a date. -#}
{% macro start_of_month(date) -%}
    {{ return(adapter.dispatch('start_of_month', 'customer_trends')(date)) }}
{%- endmacro %}

{% macro default__start_of_month(date) -%}
    {{ exceptions.raise_compiler_error('start_of_month has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__start_of_month(date) -%}
    cast(date_trunc('month', cast({{ date }} as date)) as date)
{%- endmacro %}

{% macro mysql__start_of_month(date) -%}
    cast(date_format({{ date }}, '%Y-%m-01') as date)
{%- endmacro %}

{% macro mariadb__start_of_month(date) -%}
    {{ return(customer_trends.mysql__start_of_month(date)) }}
{%- endmacro %}

{% macro spark__start_of_month(date) -%}
    cast(trunc(cast({{ date }} as date), 'MM') as date)
{%- endmacro %}

{#- Last day of the month of a date. -#}
{% macro end_of_month(date) -%}
    {{ return(adapter.dispatch('end_of_month', 'customer_trends')(date)) }}
{%- endmacro %}

{% macro default__end_of_month(date) -%}
    {{ exceptions.raise_compiler_error('end_of_month has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__end_of_month(date) -%}
    last_day(cast({{ date }} as date))
{%- endmacro %}

{% macro mysql__end_of_month(date) -%}
    last_day({{ date }})
{%- endmacro %}

{% macro mariadb__end_of_month(date) -%}
    {{ return(customer_trends.mysql__end_of_month(date)) }}
{%- endmacro %}

{% macro spark__end_of_month(date) -%}
    last_day(cast({{ date }} as date))
{%- endmacro %}

{#- Day of the week, 1 for Monday to 7 for Sunday. -#}
{% macro iso_day_of_week(date) -%}
    {{ return(adapter.dispatch('iso_day_of_week', 'customer_trends')(date)) }}
{%- endmacro %}

{% macro default__iso_day_of_week(date) -%}
    {{ exceptions.raise_compiler_error('iso_day_of_week has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__iso_day_of_week(date) -%}
    cast(isodow(cast({{ date }} as date)) as bigint)
{%- endmacro %}

{% macro mysql__iso_day_of_week(date) -%}
    cast(weekday({{ date }}) + 1 as signed)
{%- endmacro %}

{% macro mariadb__iso_day_of_week(date) -%}
    {{ return(customer_trends.mysql__iso_day_of_week(date)) }}
{%- endmacro %}

{% macro spark__iso_day_of_week(date) -%}
    cast(weekday(cast({{ date }} as date)) + 1 as bigint)
{%- endmacro %}

{#- ISO 8601 week number, 1 to 53. -#}
{% macro iso_week(date) -%}
    {{ return(adapter.dispatch('iso_week', 'customer_trends')(date)) }}
{%- endmacro %}

{% macro default__iso_week(date) -%}
    {{ exceptions.raise_compiler_error('iso_week has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__iso_week(date) -%}
    cast(week(cast({{ date }} as date)) as bigint)
{%- endmacro %}

{% macro mysql__iso_week(date) -%}
    cast(week({{ date }}, 3) as signed)
{%- endmacro %}

{% macro mariadb__iso_week(date) -%}
    {{ return(customer_trends.mysql__iso_week(date)) }}
{%- endmacro %}

{% macro spark__iso_week(date) -%}
    cast(weekofyear(cast({{ date }} as date)) as bigint)
{%- endmacro %}

{#- A date as the whole number yyyymmdd. -#}
{% macro date_key(date) -%}
    {{ return(adapter.dispatch('date_key', 'customer_trends')(date)) }}
{%- endmacro %}

{% macro default__date_key(date) -%}
    {{ exceptions.raise_compiler_error('date_key has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__date_key(date) -%}
    cast(year({{ date }}) * 10000 + month({{ date }}) * 100 + day({{ date }}) as bigint)
{%- endmacro %}

{% macro mysql__date_key(date) -%}
    cast(year({{ date }}) * 10000 + month({{ date }}) * 100 + day({{ date }}) as signed)
{%- endmacro %}

{% macro mariadb__date_key(date) -%}
    {{ return(customer_trends.mysql__date_key(date)) }}
{%- endmacro %}

{% macro spark__date_key(date) -%}
    cast(year({{ date }}) * 10000 + month({{ date }}) * 100 + day({{ date }}) as bigint)
{%- endmacro %}

{#- The point in time so many hours later. -#}
{% macro add_hours(time, hours) -%}
    {{ return(adapter.dispatch('add_hours', 'customer_trends')(time, hours)) }}
{%- endmacro %}

{% macro default__add_hours(time, hours) -%}
    {{ exceptions.raise_compiler_error('add_hours has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__add_hours(time, hours) -%}
    {{ time }} + to_hours({{ hours }})
{%- endmacro %}

{% macro mysql__add_hours(time, hours) -%}
    date_add({{ time }}, interval ({{ hours }}) hour)
{%- endmacro %}

{% macro mariadb__add_hours(time, hours) -%}
    {{ return(customer_trends.mysql__add_hours(time, hours)) }}
{%- endmacro %}

{% macro spark__add_hours(time, hours) -%}
    cast(timestampadd(hour, {{ hours }}, {{ time }}) as timestamp_ntz)
{%- endmacro %}
