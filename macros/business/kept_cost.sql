{#- Cost of the units of an order line that were kept, rounded to four decimals; NULL when the cost is not known. -#}
{% macro kept_cost(ordered_cost, ordered_units, returned_units) -%}
    case
        when {{ returned_units }} = 0 then {{ ordered_cost }}
        when {{ ordered_cost }} is not null then
            cast({{ safe_divide(
                ordered_cost ~ ' * (' ~ ordered_units ~ ' - ' ~ returned_units ~ ')', ordered_units, 4
            ) }} as {{ type_decimal(18, 4) }})
    end
{%- endmacro %}
