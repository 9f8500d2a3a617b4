{#- Whole years from start_date to end_date, rounded down, so negative when end_date is earlier. Who was born on
    29 February is a year older on 1 March in years without that day. -#}
{% macro full_years_between(start_date, end_date) -%}
    case
        when
            month({{ end_date }}) * 100 + day({{ end_date }})
            < month({{ start_date }}) * 100 + day({{ start_date }})
            then year({{ end_date }}) - year({{ start_date }}) - 1
        else year({{ end_date }}) - year({{ start_date }})
    end
{%- endmacro %}
