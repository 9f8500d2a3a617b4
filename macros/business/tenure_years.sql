{#- Days since the first order in years of 365 days, at least 1; 1 when they are not known. -#}
{% macro tenure_years(tenure_days) -%}
    cast(
        case when {{ tenure_days }} > 365 then {{ safe_divide(tenure_days, 365) }} else 1 end
        as {{ type_decimal(18, 6) }}
    )
{%- endmacro %}
