{#- Square of the standard error of the mean of an amount over the rows of a group; NULL for a single row. Amounts are
    taken in cents without fractions, whose squares add up exactly on every engine, in whatever order; in 19 digits, for DuckDB keeps products of 18 in 18. -#}
{% macro squared_error_of_mean(amount) -%}
    {%- set cents = 'cast(' ~ amount ~ ' as ' ~ type_decimal(19, 2) ~ ')' -%}
    {%- set total = 'cast(sum(' ~ cents ~ ') as ' ~ type_decimal(19, 2) ~ ')' -%}
    {%- set squares = 'cast(sum(' ~ cents ~ ' * ' ~ cents ~ ') as ' ~ type_decimal(28, 4) ~ ')' -%}
    case
        when count({{ amount }}) > 1
            then
                (
                    cast(count({{ amount }}) as {{ type_decimal(9, 0) }}) * {{ squares }}
                    - {{ total }} * {{ total }}
                ) * 1e0
                / (count({{ amount }}) * 1e0 * count({{ amount }}) * (count({{ amount }}) - 1))
    end
{%- endmacro %}
