{#- Product of two numbers of at most six decimals, rounded half away from zero to four. The casts keep every digit
    of the product: engines differ in what they drop from, or refuse of, wider ones. -#}
{% macro rounded_product(amount, factor) -%}
    cast(
        cast({{ amount }} as {{ type_decimal(20, 6) }})
        * cast({{ factor }} as {{ type_decimal(16, 6) }}) as {{ type_decimal(18, 4) }}
    )
{%- endmacro %}
