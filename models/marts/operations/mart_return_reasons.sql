{# Grain: one row per return_reason that occurs. #}
with

returns as (

    select * from {{ ref('fct_returns') }}
    where is_counted

),

reasons as (

    select * from {{ ref('dim_return_reasons') }}

),

explained as (

    select
        returns.*,
        reasons.return_reason,
        -- A credit note that names no order has no day of order of its own.
        case
            when
                returns.is_order_linked
                and returns.is_dated
                and returns.order_date > {{ unknown_date() }}
                then {{ days_between('returns.order_date', 'returns.return_date') }}
        end as days_to_return
    from returns
    inner join reasons
        on returns.return_reason_key = reasons.return_reason_key

),

positioned as (

    select
        *,
        {{ group_positions(
            'days_to_return', ['return_reason'], 'return_line_key'
        ) | indent(8) }}
    from explained

),

totals as (

    select sum(returns) as returns
    from returns

),

by_reason as (

    select
        return_reason,
        count(*) as return_lines,
        count(distinct case when is_order_linked then order_key end) as orders,
        sum(returned_units) as returned_units,
        sum(returns) as returns,
        {{ safe_divide('sum(days_to_return)', 'count(days_to_return)') }}
            as average_days_to_return,
        {{ group_median('days_to_return', 1) }} as median_days_to_return,
        {{ group_percentile('days_to_return') }} as percentile_90_days_to_return
    from positioned
    group by 1

),

final as (

    select
        by_reason.return_reason,
        cast(by_reason.return_lines as {{ type_integer() }}) as return_lines,
        cast(by_reason.orders as {{ type_integer() }}) as orders,
        cast(by_reason.returned_units as {{ type_integer() }}) as returned_units,
        cast(by_reason.returns as {{ type_decimal(18, 4) }}) as returns,
        {{ safe_divide('by_reason.returns', 'totals.returns') }} as share_of_returns,
        by_reason.average_days_to_return,
        by_reason.median_days_to_return,
        cast(by_reason.percentile_90_days_to_return as {{ type_integer() }})
            as percentile_90_days_to_return
    from by_reason
    cross join totals

)

select * from final
