{#- True for a group of so few customers that its figures may reveal a person. -#}
{% macro is_small_cell(customers) -%}
    {{ customers }} between 1 and {{ (var('minimum_cell_customers') | int) - 1 }}
{%- endmacro %}
