{# Grain: one row per tenth of the customers by what they were expected to bring, 10 the highest;
   none where nothing can be tried. #}
with

summed as (

    select
        predicted_decile as value_decile,
        count(*) as customers,
        sum(case when is_buyer then 1 else 0 end) as buyers,
        sum(predicted_value_12_months) as predicted_value_12_months,
        sum(actual_value_12_months) as actual_value_12_months,
        sum(naive_value_12_months) as naive_value_12_months,
        sum(abs(predicted_value_12_months - actual_value_12_months)) as absolute_error,
        sum(abs(naive_value_12_months - actual_value_12_months)) as naive_absolute_error
    from {{ ref('int_backtest_values') }}
    group by 1

),

final as (

    select
        cast(summed.value_decile as {{ type_integer() }}) as value_decile,
        cast(summed.customers as {{ type_integer() }}) as customers,
        cast(summed.buyers as {{ type_integer() }}) as buyers,
        cast(summed.predicted_value_12_months as {{ type_decimal(18, 4) }})
            as predicted_value_12_months,
        cast(summed.actual_value_12_months as {{ type_decimal(18, 4) }}) as actual_value_12_months,
        cast(summed.naive_value_12_months as {{ type_decimal(18, 4) }}) as naive_value_12_months,
        {{ safe_divide('summed.predicted_value_12_months', 'summed.actual_value_12_months') }}
            as predicted_to_actual_ratio,
        {{ safe_divide('summed.naive_value_12_months', 'summed.actual_value_12_months') }}
            as naive_to_actual_ratio,
        cast(summed.absolute_error as {{ type_decimal(18, 4) }}) as absolute_error,
        cast(summed.naive_absolute_error as {{ type_decimal(18, 4) }}) as naive_absolute_error,
        {{ safe_divide('summed.absolute_error', 'summed.naive_absolute_error') }}
            as error_to_naive_ratio,
        {{ add_months('run_context.as_of_date', -12) }} as backtest_date,
        run_context.as_of_date
    from summed
    cross join {{ ref('run_context') }} as run_context

)

select * from final
