{# Grain: one row per line of an order that has an order discount: the line's share, in full cents.
   Each line gets the full cents of its proportional share; the cents left over go to the largest
   remainders, ties to the lower line number. Shares are taken of the value after line discounts, so
   that none exceeds its line. #}
with

order_lines as (

    select
        order_items.order_key,
        order_items.line_number,
        orders.order_discount_amount,
        coalesce(order_items.gross_amount, order_items.quantity * order_items.unit_price, 0)
        - coalesce(order_items.line_discount_amount, 0) as line_amount
    from {{ ref('int_order_items_screened') }} as order_items
    inner join {{ ref('int_orders_conformed') }} as orders
        on order_items.order_key = orders.order_key
    where
        order_items.row_outcome = 'accepted'
        and orders.order_discount_amount > 0

),

scaled as (

    select
        order_key,
        line_number,
        order_discount_amount,
        cast(
            case when line_amount > 0 then line_amount * 10000 else 0 end as {{ type_integer() }}
        ) as line_weight
    from order_lines

),

weighed as (

    select
        *,
        cast(sum(line_weight) over (partition by order_key) as {{ type_integer() }}) as order_weight
    from scaled

),

capped as (

    select
        order_key,
        line_number,
        line_weight,
        order_weight,
        -- The discount cannot exceed the goods; what is left over is reported as discount_excess.
        cast(
            case
                when order_discount_amount * 10000 > order_weight then floor(order_weight / 100.0)
                else order_discount_amount * 100
            end as {{ type_integer() }}
        ) as discount_cents
    from weighed
    where order_weight > 0

),

shared as (

    select
        *,
        {{ proportional_floor('discount_cents', 'line_weight', 'order_weight') }} as floor_cents,
        {{ proportional_remainder('discount_cents', 'line_weight', 'order_weight') }}
            as cents_remainder
    from capped

),

ranked as (

    select
        *,
        row_number() over (
            partition by order_key
            order by cents_remainder desc, line_number asc
        ) as remainder_rank,
        discount_cents
        - cast(sum(floor_cents) over (partition by order_key) as {{ type_integer() }}) as cents_left
    from shared

),

final as (

    select
        order_key,
        line_number,
        cast(
            (floor_cents + case when remainder_rank <= cents_left then 1 else 0 end) * 0.01
            as {{ type_decimal(18, 4) }}
        ) as order_discount_allocation
    from ranked

)

select * from final
