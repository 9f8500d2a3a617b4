{#- Full years from start_date to end_date, rounded down, so negative when end_date is earlier. Who was born on
    29 February is a year older on 1 March in years without that day: yyyymmdd less yyyymmdd has the years in
    front of the last four digits. -#}
{% macro full_years_between(start_date, end_date) -%}
    cast(floor(({{ date_key(end_date) }} - {{ date_key(start_date) }}) / 10000.0) as {{ type_integer() }})
{%- endmacro %}
