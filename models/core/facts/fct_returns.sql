{# Grain: one row per return row and order line that came back. Credit notes that name no order have
   no line. #}
with

returns as (

    select * from {{ ref('int_returns_unified') }}

),

products as (

    select * from {{ ref('int_products_unified') }}

),

run_context as (

    select * from {{ ref('run_context') }}

),

final as (

    select
        -- keys
        {{ surrogate_key([
            'returns.source_system', 'returns.return_id', 'returns.return_line_number',
            'returns.order_key', 'returns.line_number'
        ]) }} as return_line_key,
        returns.source_system,
        returns.return_id,
        returns.order_key,
        returns.line_number,
        returns.customer_key,
        returns.customer_history_key,
        coalesce(products.product_key, -1) as product_key,
        returns.geography_key,
        returns.channel_key,
        {{ shared_key('return_reason', 'returns.return_reason') }} as return_reason_key,
        {{ date_key('returns.order_date') }} as order_date_key,
        {{ date_key('coalesce(returns.returned_local_date, ' ~ unknown_date() ~ ')') }}
            as return_date_key,

        -- measures
        returns.returned_units,
        returns.excess_units,
        cast(returns.returned_amount as {{ type_decimal(18, 4) }}) as returned_amount,
        cast(
            case
                when
                    returns.is_counted
                    and not coalesce(products.is_gift_card, false)
                    and coalesce(returns.returned_local_date <= run_context.as_of_date, true)
                    then returns.returned_amount
                else 0
            end as {{ type_decimal(18, 4) }}
        ) as returns,
        cast(
            case
                when returns.line_rank = 1 then coalesce(returns.refunded_tax_amount, 0)
                else 0
            end
            as {{ type_decimal(18, 4) }}
        ) as refunded_tax,
        cast(
            case
                when returns.line_rank = 1 then coalesce(returns.refunded_shipping_amount, 0)
                else 0
            end
            as {{ type_decimal(18, 4) }}
        ) as refunded_shipping,

        -- flags
        returns.is_order_linked,
        returns.is_counted
        and coalesce(returns.returned_local_date <= run_context.as_of_date, true) as is_counted,
        returns.returned_local_date is not null as is_dated,

        -- dates and times
        returns.order_date,
        coalesce(returns.returned_local_date, {{ unknown_date() }}) as return_date,
        returns.returned_at_utc
    from returns
    left join products
        on
            returns.source_system = products.source_system
            and returns.product_id = products.product_id
    cross join run_context

)

select * from final
