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

order_lines as (

    select * from {{ ref('int_order_items_priced') }}

),

customer_versions as (

    select * from {{ ref('int_customer_versions') }}

),

linked as (

    select
        returns.source_system,
        returns.return_id,
        returns.return_line_number,
        valued.order_key,
        valued.line_number,
        order_lines.product_id,
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
    inner join order_lines
        on
            valued.order_key = order_lines.order_key
            and valued.line_number = order_lines.line_number

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

final as (

    select * from linked

    union all

    select * from unlinked

)

select * from final
