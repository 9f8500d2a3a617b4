{# Grain: one row per value_decile, and 0 for all customers together, which is always there. #}
{%- set values = ['predicted', 'actual', 'naive'] %}
{%- set errors = ['absolute_error', 'naive_absolute_error'] %}
with

customers as (

    select * from {{ ref('int_backtest_values') }}

),

deciles as (

    {% for decile in ['0', 'predicted_decile'] -%}
    select
        {{ decile }} as value_decile,
        count(*) as customers,
        sum(case when is_buyer then 1 else 0 end) as buyers,
        {%- for value in values %}
        sum({{ value }}_value_12_months) as {{ value }}_value_12_months,
        {%- endfor %}
        sum(abs(predicted_value_12_months - actual_value_12_months)) as absolute_error,
        sum(abs(naive_value_12_months - actual_value_12_months)) as naive_absolute_error
    from customers
    {% if not loop.last -%}
    union all

    {% else -%}
    group by 1
    {% endif %}
    {%- endfor %}

),

agreement as (

    {{ rank_agreement('customers', 'predicted_decile', 'actual_decile') }}

),

naive_agreement as (

    {{ rank_agreement('customers', 'naive_decile', 'actual_decile') }}

),

final as (

    select
        cast(deciles.value_decile as {{ type_integer() }}) as value_decile,
        case
            when deciles.customers > 0 then 'ok'
            when {{ has_backtest_history('run_context') }} then 'no_customers'
            else 'short_history'
        end as backtest_status,
        cast(deciles.customers as {{ type_integer() }}) as customers,
        cast(coalesce(deciles.buyers, 0) as {{ type_integer() }}) as buyers,
        {%- for value in values %}
        cast(deciles.{{ value }}_value_12_months as {{ type_decimal(18, 4) }})
            as {{ value }}_value_12_months,
        {%- endfor %}
        {{ safe_divide('deciles.predicted_value_12_months', 'deciles.actual_value_12_months') }}
            as predicted_to_actual_ratio,
        {{ safe_divide('deciles.naive_value_12_months', 'deciles.actual_value_12_months') }}
            as naive_to_actual_ratio,
        {%- for error in errors %}
        cast(deciles.{{ error }} as {{ type_decimal(18, 4) }}) as {{ error }},
        {%- endfor %}
        {{ safe_divide('deciles.absolute_error', 'deciles.naive_absolute_error') }}
            as error_to_naive_ratio,
        case when deciles.value_decile = 0 then agreement.rank_agreement end as rank_agreement,
        case when deciles.value_decile = 0 then naive_agreement.rank_agreement end
            as naive_rank_agreement,
        {{ add_months('run_context.as_of_date', -12) }} as backtest_date,
        run_context.as_of_date
    from deciles
    cross join {{ ref('run_context') }} as run_context
    cross join agreement
    cross join naive_agreement

)

select * from final
