{# Grain: one row per return row and order line that came back. Credit notes that name no order have
   no line. #}
with

returns as (

    select * from {{ ref('int_returns_screened') }}
    where row_outcome = 'accepted'

),

valued as (

    select * from {{ ref('int_returns_valued') }}

),

orders as (

    select * from {{ ref('int_orders_conformed') }}

),

lines as (

    select * from {{ ref('int_order_items_priced') }}

),

products as (

    select * from {{ ref('int_products_unified') }}

),

customer_versions as (

    select * from {{ ref('int_customer_versions') }}

),

run_context as (

    select * from {{ ref('run_context') }}

),

linked as (

    select
        returns.source_system,
        returns.return_id,
        returns.return_line_number,
        valued.order_key,
        valued.line_number,
        lines.product_id,
        orders.customer_key,
        orders.customer_history_key,
        orders.geography_key,
        orders.channel_key,
        orders.order_date,
        orders.is_counted,
        valued.returned_units,
        valued.excess_units,
        valued.returned_amount,
        -- Money refunded besides the goods belongs to the return, not to each of its lines.
        row_number() over (
            partition by returns.source_system, returns.return_id, returns.return_line_number
            order by valued.line_number
        ) as line_rank,
        true as is_order_linked,
        returns.refunded_tax_amount,
        returns.refunded_shipping_amount,
        returns.return_reason,
        returns.returned_at_utc,
        returns.returned_local_date
    from returns
    inner join valued
        on
            returns.source_system = valued.source_system
            and returns.return_id = valued.return_id
            and returns.return_line_number = valued.return_line_number
    inner join orders
        on valued.order_key = orders.order_key
    inner join lines
        on
            valued.order_key = lines.order_key
            and valued.line_number = lines.line_number

),

credit_notes as (

    select
        *,
        case
            when customer_id is null then -2
            else {{ surrogate_key(['source_system', 'customer_id']) }}
        end as customer_key
    from returns
    where order_key is null

),

unlinked as (

    select
        credit_notes.source_system,
        credit_notes.return_id,
        credit_notes.return_line_number,
        -1 as order_key,
        -1 as line_number,
        credit_notes.product_id,
        credit_notes.customer_key,
        coalesce(
            customer_versions.customer_history_key, credit_notes.customer_key
        ) as customer_history_key,
        {{ geography_key(
            'credit_notes.country', 'credit_notes.region', 'credit_notes.state', 'credit_notes.city'
        ) }} as geography_key,
        -1 as channel_key,
        coalesce(credit_notes.returned_local_date, {{ unknown_date() }}) as order_date,
        true as is_counted,
        cast(coalesce(credit_notes.quantity, 0) as {{ type_integer() }}) as returned_units,
        0 as excess_units,
        coalesce(credit_notes.return_amount, 0) as returned_amount,
        1 as line_rank,
        false as is_order_linked,
        credit_notes.refunded_tax_amount,
        credit_notes.refunded_shipping_amount,
        credit_notes.return_reason,
        credit_notes.returned_at_utc,
        credit_notes.returned_local_date
    from credit_notes
    left join customer_versions
        on
            credit_notes.customer_key = customer_versions.customer_key
            and customer_versions.is_current

),

unioned as (

    select * from linked

    union all

    select * from unlinked

),

final as (

    select
        -- keys
        {{ surrogate_key([
            'unioned.source_system', 'unioned.return_id', 'unioned.return_line_number',
            'unioned.order_key', 'unioned.line_number'
        ]) }} as return_line_key,
        unioned.source_system,
        unioned.return_id,
        unioned.order_key,
        unioned.line_number,
        unioned.customer_key,
        unioned.customer_history_key,
        coalesce(products.product_key, -1) as product_key,
        unioned.geography_key,
        unioned.channel_key,
        {{ shared_key('return_reason', 'unioned.return_reason') }} as return_reason_key,
        {{ date_key('unioned.order_date') }} as order_date_key,
        {{ date_key('coalesce(unioned.returned_local_date, ' ~ unknown_date() ~ ')') }}
            as return_date_key,

        -- measures
        unioned.returned_units,
        unioned.excess_units,
        cast(unioned.returned_amount as {{ type_decimal(18, 4) }}) as returned_amount,
        cast(
            case
                when
                    unioned.is_counted
                    and not coalesce(products.is_gift_card, false)
                    and coalesce(unioned.returned_local_date <= run_context.as_of_date, true)
                    then unioned.returned_amount
                else 0
            end as {{ type_decimal(18, 4) }}
        ) as returns_ev,
        cast(
            case
                when unioned.line_rank = 1 then coalesce(unioned.refunded_tax_amount, 0)
                else 0
            end
            as {{ type_decimal(18, 4) }}
        ) as refunded_tax,
        cast(
            case
                when unioned.line_rank = 1 then coalesce(unioned.refunded_shipping_amount, 0)
                else 0
            end
            as {{ type_decimal(18, 4) }}
        ) as refunded_shipping,

        -- flags
        unioned.is_order_linked,
        unioned.is_counted
        and coalesce(unioned.returned_local_date <= run_context.as_of_date, true) as is_counted,
        unioned.returned_local_date is not null as is_dated,

        -- dates and times
        unioned.order_date,
        coalesce(unioned.returned_local_date, {{ unknown_date() }}) as return_date,
        unioned.returned_at_utc
    from unioned
    left join products
        on
            unioned.source_system = products.source_system
            and unioned.product_id = products.product_id
    cross join run_context

)

select * from final
