{# Grain: one row, all customers that can be tried; it is always there. #}
with

customers as (

    select * from {{ ref('int_backtest_values') }}

),

summed as (

    select
        count(*) as customers,
        sum(case when is_buyer then 1 else 0 end) as buyers,
        sum(predicted_value_12_months) as predicted_value_12_months,
        sum(actual_value_12_months) as actual_value_12_months,
        sum(naive_value_12_months) as naive_value_12_months,
        sum(abs(predicted_value_12_months - actual_value_12_months)) as absolute_error,
        sum(abs(naive_value_12_months - actual_value_12_months)) as naive_absolute_error
    from customers

),

-- Customers of the same two deciles are counted first, so that there are few pairs of them.
predicted_cells as (

    select
        predicted_decile,
        actual_decile,
        count(*) as customers
    from customers
    group by 1, 2

),

naive_cells as (

    select
        naive_decile,
        actual_decile,
        count(*) as customers
    from customers
    group by 1, 2

),

-- Pairs of customers that are apart by expectation; of them those apart by what they brought.
predicted_pairs as (

    select
        sum(
            case
                when low.actual_decile <> high.actual_decile
                    then low.customers * high.customers
                else 0
            end
        ) as pairs,
        sum(
            case
                when low.actual_decile < high.actual_decile
                    then low.customers * high.customers
                else 0
            end
        ) as pairs_in_order
    from predicted_cells as low
    inner join predicted_cells as high
        on low.predicted_decile < high.predicted_decile

),

naive_pairs as (

    select
        sum(
            case
                when low.actual_decile <> high.actual_decile
                    then low.customers * high.customers
                else 0
            end
        ) as pairs,
        sum(
            case
                when low.actual_decile < high.actual_decile
                    then low.customers * high.customers
                else 0
            end
        ) as pairs_in_order
    from naive_cells as low
    inner join naive_cells as high
        on low.naive_decile < high.naive_decile

),

final as (

    select
        case
            when summed.customers > 0 then 'ok'
            when {{ has_backtest_history('run_context') }} then 'no_customers'
            else 'short_history'
        end as backtest_status,
        cast(summed.customers as {{ type_integer() }}) as customers,
        cast(coalesce(summed.buyers, 0) as {{ type_integer() }}) as buyers,
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
        {{ safe_divide('predicted_pairs.pairs_in_order', 'predicted_pairs.pairs') }}
            as rank_agreement,
        {{ safe_divide('naive_pairs.pairs_in_order', 'naive_pairs.pairs') }}
            as naive_rank_agreement,
        {{ add_months('run_context.as_of_date', -12) }} as backtest_date,
        run_context.as_of_date
    from summed
    cross join predicted_pairs
    cross join naive_pairs
    cross join {{ ref('run_context') }} as run_context

)

select * from final
