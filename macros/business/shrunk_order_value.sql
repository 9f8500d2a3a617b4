{#- Net sales per order drawn towards the average of a group, as if there were three more orders of that worth; NULL
    without an order. The average has six decimals; the sum is multiplied, because safe_divide reads four. -#}
{% macro shrunk_order_value(net_sales, orders, group_average) -%}
    case
        when {{ orders }} > 0
            then {{ safe_divide(
                'cast(' ~ net_sales ~ ' + 3 * ' ~ group_average ~ ' as ' ~ type_decimal(28, 6) ~ ') * 100',
                '(' ~ orders ~ ' + 3) * 100'
            ) }}
    end
{%- endmacro %}
