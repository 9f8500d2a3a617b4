{# Grain: one row per accepted order line, with its value whatever the status of the order. #}
with

order_items as (

    select * from {{ ref('int_order_items_screened') }}
    where row_outcome = 'accepted'

),

allocations as (

    select * from {{ ref('int_order_discounts_allocated') }}

),

valued as (

    select
        order_items.order_key,
        order_items.source_system,
        order_items.order_id,
        order_items.line_number,
        order_items.product_id,
        order_items.item_size,
        order_items.item_color,
        cast(order_items.quantity as {{ type_integer() }}) as ordered_units,
        order_items.unit_price,
        cast(
            coalesce(order_items.gross_amount, order_items.quantity * order_items.unit_price, 0)
            as {{ type_decimal(18, 4) }}
        ) as gross_amount,
        coalesce(order_items.line_discount_amount, 0) as stated_line_discount,
        coalesce(allocations.order_discount_allocation, 0) as order_discount_allocation,
        order_items.cost_amount
    from order_items
    left join allocations
        on
            order_items.order_key = allocations.order_key
            and order_items.line_number = allocations.line_number

),

capped as (

    select
        *,
        case
            when stated_line_discount > gross_amount then gross_amount
            else stated_line_discount
        end as line_discount
    from valued

),

final as (

    select
        order_key,
        source_system,
        order_id,
        line_number,
        product_id,
        item_size,
        item_color,
        ordered_units,
        unit_price,
        gross_amount,
        line_discount,
        order_discount_allocation,
        stated_line_discount - line_discount as line_discount_excess,
        gross_amount - line_discount - order_discount_allocation as ordered_amount,
        cost_amount
    from capped

)

select * from final
