{#- Quotient rounded half away from zero to `scale` decimals; NULL when the denominator is 0 or NULL. Both operands are exact to four decimals. -#}
{% macro safe_divide(numerator, denominator, scale=6) -%}
    {{ return(adapter.dispatch('safe_divide', 'customer_trends')(numerator, denominator, scale)) }}
{%- endmacro %}

{% macro default__safe_divide(numerator, denominator, scale) -%}
    {{ exceptions.raise_compiler_error('safe_divide has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__safe_divide(numerator, denominator, scale) -%}
    case
        when {{ denominator }} <> 0 then cast(
            (case when ({{ numerator }} < 0) <> ({{ denominator }} < 0) then -1 else 1 end)
            * cast(
                (
                    cast(abs(cast({{ numerator }} as decimal(28, 4))) * 10000 as hugeint) * {{ 2 * 10 ** scale }}
                    + cast(abs(cast({{ denominator }} as decimal(28, 4))) * 10000 as hugeint)
                ) // (2 * cast(abs(cast({{ denominator }} as decimal(28, 4))) * 10000 as hugeint))
                as decimal({{ 38 - scale }}, 0)
            ) * cast({{ '0.' ~ '0' * (scale - 1) ~ '1' }} as decimal({{ scale }}, {{ scale }}))
            as decimal(18, {{ scale }})
        )
    end
{%- endmacro %}

{#- The server rounds a quotient after a few digits; less its remainder a number divides without a rest. -#}
{% macro mysql__safe_divide(numerator, denominator, scale) -%}
    {%- set divisor = "abs(cast(" ~ denominator ~ " as decimal(38, 4)))" -%}
    {%- set raised = "(abs(cast(" ~ numerator ~ " as decimal(38, 4))) * " ~ 2 * 10 ** scale ~ " + " ~ divisor ~ ")" -%}
    case
        when {{ denominator }} <> 0 then cast(
            (case when ({{ numerator }} < 0) <> ({{ denominator }} < 0) then -1 else 1 end)
            * ({{ raised }} - mod({{ raised }}, 2 * {{ divisor }})) / (2 * {{ divisor }})
            * {{ '0.' ~ '0' * (scale - 1) ~ '1' }}
            as decimal(18, {{ scale }})
        )
    end
{%- endmacro %}

{% macro mariadb__safe_divide(numerator, denominator, scale) -%}
    {{ return(customer_trends.mysql__safe_divide(numerator, denominator, scale)) }}
{%- endmacro %}

{#- Each step is cast to the precision it needs: with more Spark would drop decimals of the result. -#}
{% macro spark__safe_divide(numerator, denominator, scale) -%}
    case
        when {{ denominator }} <> 0 then cast(
            cast(
                (case when ({{ numerator }} < 0) <> ({{ denominator }} < 0) then -1 else 1 end)
                * ((
                    cast(abs(cast({{ numerator }} as decimal(28, 4))) * 10000 as decimal(28, 0)) * {{ 2 * 10 ** scale }}
                    + cast(abs(cast({{ denominator }} as decimal(28, 4))) * 10000 as decimal(28, 0))
                ) div (2 * cast(abs(cast({{ denominator }} as decimal(28, 4))) * 10000 as decimal(28, 0))))
                as decimal(19, 0)
            ) * cast({{ '0.' ~ '0' * (scale - 1) ~ '1' }} as decimal({{ scale }}, {{ scale }}))
            as decimal(18, {{ scale }})
        )
    end
{%- endmacro %}

{#- Quotient of two positive whole numbers, rounded down. -#}
{% macro floor_divide(numerator, denominator) -%}
    {{ return(adapter.dispatch('floor_divide', 'customer_trends')(numerator, denominator)) }}
{%- endmacro %}

{% macro default__floor_divide(numerator, denominator) -%}
    {{ exceptions.raise_compiler_error('floor_divide has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__floor_divide(numerator, denominator) -%}
    cast(({{ numerator }}) // ({{ denominator }}) as bigint)
{%- endmacro %}

{% macro mysql__floor_divide(numerator, denominator) -%}
    cast(({{ numerator }}) div ({{ denominator }}) as signed)
{%- endmacro %}

{% macro mariadb__floor_divide(numerator, denominator) -%}
    {{ return(customer_trends.mysql__floor_divide(numerator, denominator)) }}
{%- endmacro %}

{% macro spark__floor_divide(numerator, denominator) -%}
    cast(({{ numerator }}) div ({{ denominator }}) as bigint)
{%- endmacro %}
