{#- A point in time read from text of the form yyyy-mm-dd hh:mm:ss, with T or a blank, seconds and fractions as given; a bare date is its midnight; an impossible time is NULL. -#}
{% macro to_timestamp_or_null(text) -%}
    {{ return(adapter.dispatch('to_timestamp_or_null', 'customer_trends')(text)) }}
{%- endmacro %}

{% macro default__to_timestamp_or_null(text) -%}
    {{ exceptions.raise_compiler_error('to_timestamp_or_null has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__to_timestamp_or_null(text) -%}
    try_cast(case
        when regexp_full_match({{ text }}, '[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?Z?)?') and {{ text }} not like '0000%'
        then rtrim({{ text }}, 'Z')
    end as timestamp)
{%- endmacro %}

{% macro mysql__to_timestamp_or_null(text) -%}
    cast(case
        when {{ text }} regexp '^([0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?Z?)?)\\z'
            and substr({{ text }}, 6, 2) between '01' and '12' and substr({{ text }}, 9, 2) between '01' and '31'
            and substr({{ text }}, 1, 4) > '0000'
            and cast(substr({{ text }}, 9, 2) as signed) <= day(last_day(concat(substr({{ text }}, 1, 8), '01')))
        then case when coalesce(nullif(substr({{ text }}, 12, 2), ''), '00') <= '23' and coalesce(nullif(substr({{ text }}, 15, 2), ''), '00') <= '59' and coalesce(nullif(substr({{ text }}, 18, 2), ''), '00') <= '59' then replace(replace({{ text }}, 'T', ' '), 'Z', '') end
    end as datetime(6))
{%- endmacro %}

{% macro mariadb__to_timestamp_or_null(text) -%}
    {{ return(customer_trends.mysql__to_timestamp_or_null(text)) }}
{%- endmacro %}

{% macro spark__to_timestamp_or_null(text) -%}
    try_cast(case
        when {{ text }} rlike '^([0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?Z?)?)\\z' and {{ text }} not like '0000%'
        then replace({{ text }}, 'Z', '')
    end as timestamp_ntz)
{%- endmacro %}
