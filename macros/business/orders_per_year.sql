{#- Orders by years; NULL without an order. Years of six decimals are multiplied, because safe_divide reads four. -#}
{% macro orders_per_year(orders, years) -%}
    case
        when {{ orders }} > 0 then {{ safe_divide(orders ~ ' * 1000000', years ~ ' * 1000000') }}
    end
{%- endmacro %}
