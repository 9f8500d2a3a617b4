{#- Two columns: margin_rate, the part of net sales with known cost that is margin, NULL when it is unknown; and
    used_margin_rate, by which net sales become a value: 1 then, so that the value is net sales. -#}
{% macro margin_rates(gross_margin, net_sales_with_cost) -%}
    {{ safe_divide(gross_margin, net_sales_with_cost) }} as margin_rate,
    cast(
        coalesce({{ safe_divide(gross_margin, net_sales_with_cost) }}, 1) as {{ type_decimal(18, 6) }}
    ) as used_margin_rate
{%- endmacro %}
