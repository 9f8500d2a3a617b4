{#- A date read from text that starts with yyyy-mm-dd; an impossible date is NULL. -#}
{% macro to_date_or_null(text) -%}
    {{ return(adapter.dispatch('to_date_or_null', 'customer_trends')(text)) }}
{%- endmacro %}

{% macro default__to_date_or_null(text) -%}
    {{ exceptions.raise_compiler_error('to_date_or_null has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__to_date_or_null(text) -%}
    try_cast(case
        when regexp_full_match({{ text }}, '[0-9]{4}-[0-9]{2}-[0-9]{2}([ T].*)?') and {{ text }} not like '0000%'
        then substr({{ text }}, 1, 10)
    end as date)
{%- endmacro %}

{% macro mysql__to_date_or_null(text) -%}
    cast(case
        when {{ text }} regexp '^([0-9]{4}-[0-9]{2}-[0-9]{2}([ T].*)?)\\z'
            and substr({{ text }}, 6, 2) between '01' and '12' and substr({{ text }}, 9, 2) between '01' and '31'
            and substr({{ text }}, 1, 4) > '0000'
            and cast(substr({{ text }}, 9, 2) as signed) <= day(last_day(concat(substr({{ text }}, 1, 8), '01')))
        then substr({{ text }}, 1, 10)
    end as date)
{%- endmacro %}

{% macro mariadb__to_date_or_null(text) -%}
    {{ return(customer_trends.mysql__to_date_or_null(text)) }}
{%- endmacro %}

{% macro spark__to_date_or_null(text) -%}
    try_cast(case
        when {{ text }} rlike '^([0-9]{4}-[0-9]{2}-[0-9]{2}([ T].*)?)\\z' and {{ text }} not like '0000%'
        then substr({{ text }}, 1, 10)
    end as date)
{%- endmacro %}

{#- A date read from text of the form month/day/year, as in 3/31/2024; an impossible date is NULL. -#}
{% macro us_to_date_or_null(text) -%}
    {{ return(adapter.dispatch('us_to_date_or_null', 'customer_trends')(text)) }}
{%- endmacro %}

{% macro default__us_to_date_or_null(text) -%}
    {{ exceptions.raise_compiler_error('us_to_date_or_null has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__us_to_date_or_null(text) -%}
    case when regexp_full_match({{ text }}, '[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}') and {{ text }} not like '%/0000' then cast(try_strptime({{ text }}, '%m/%d/%Y') as date) end
{%- endmacro %}

{% macro mysql__us_to_date_or_null(text) -%}
    case when {{ text }} regexp '^([0-9]{1,2}/[0-9]{1,2}/[0-9]{4})\\z' then {{ customer_trends.mysql__to_date_or_null(
        "concat(substring_index(" ~ text ~ ", '/', -1), '-', lpad(substring_index(" ~ text ~ ", '/', 1), 2, '0'), '-', lpad(substring_index(substring_index(" ~ text ~ ", '/', 2), '/', -1), 2, '0'))"
    ) }} end
{%- endmacro %}

{% macro mariadb__us_to_date_or_null(text) -%}
    {{ return(customer_trends.mysql__us_to_date_or_null(text)) }}
{%- endmacro %}

{% macro spark__us_to_date_or_null(text) -%}
    case when {{ text }} rlike '^([0-9]{1,2}/[0-9]{1,2}/[0-9]{4})\\z' and {{ text }} not like '%/0000' then cast(try_to_timestamp({{ text }}, 'M/d/yyyy') as date) end
{%- endmacro %}
