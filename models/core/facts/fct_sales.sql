{# Grain: one row per order line. Sales measures are 0 on lines that are not counted as sales.
   Versions are joined from the left, so that the planner does not match orders and versions by
   day alone. #}
with

order_lines as (

    select * from {{ ref('int_order_items_priced') }}

),

orders as (

    select * from {{ ref('int_orders_conformed') }}

),

returns as (

    select
        order_key,
        line_number,
        cast(sum(returned_units) as {{ type_integer() }}) as returned_units,
        cast(sum(returned_amount) as {{ type_decimal(18, 4) }}) as returned_amount
    from {{ ref('fct_returns') }}
    where is_counted and is_order_linked
    group by 1, 2

),

joined as (

    select
        order_lines.*,
        orders.customer_key,
        orders.customer_history_key,
        orders.geography_key,
        orders.order_status_key,
        orders.channel_key,
        orders.payment_method_key,
        orders.promotion_key,
        orders.order_date_key,
        orders.order_date,
        orders.ordered_at_utc,
        orders.is_counted,
        orders.is_recognised,
        orders.is_future,
        orders.is_dated,
        orders.is_mature,
        orders.is_subscriber_at_order,
        products.product_key,
        product_versions.product_history_key,
        products.is_gift_card,
        orders.is_counted and not products.is_gift_card as is_sale,
        cast(coalesce(
            order_lines.cost_amount, order_lines.ordered_units * product_versions.unit_cost
        ) as {{ type_decimal(18, 4) }}) as ordered_cost,
        coalesce(returns.returned_units, 0) as returned_units_so_far,
        coalesce(returns.returned_amount, 0) as returned_amount_so_far
    from order_lines
    inner join orders
        on order_lines.order_key = orders.order_key
    inner join {{ ref('int_products_unified') }} as products
        on
            order_lines.source_system = products.source_system
            and order_lines.product_id = products.product_id
    left join {{ ref('int_product_versions') }} as product_versions
        on
            products.product_key = product_versions.product_key
            and orders.valid_at >= product_versions.valid_from
            and orders.valid_at < product_versions.valid_to
    left join returns
        on
            order_lines.order_key = returns.order_key
            and order_lines.line_number = returns.line_number

),

final as (

    select
        -- keys
        source_system,
        order_id,
        line_number,
        order_key,
        customer_key,
        customer_history_key,
        product_key,
        product_history_key,
        geography_key,
        order_status_key,
        channel_key,
        payment_method_key,
        promotion_key,
        order_date_key,

        -- attributes
        item_size,
        item_color,

        -- what was ordered, and what of it is a sale
        ordered_units,
        cast(unit_price as {{ type_decimal(18, 4) }}) as unit_price,
        cast(ordered_amount as {{ type_decimal(18, 4) }}) as ordered_amount,
        cast(ordered_cost as {{ type_decimal(18, 4) }}) as ordered_cost,
        cast(case when is_sale then ordered_units else 0 end as {{ type_integer() }}) as units_sold,
        cast(case when is_sale then gross_amount else 0 end as {{ type_decimal(18, 4) }})
            as gross_sales,
        cast(case when is_sale then line_discount else 0 end as {{ type_decimal(18, 4) }})
            as line_discount,
        cast(
            case when is_sale then order_discount_allocation else 0 end
            as {{ type_decimal(18, 4) }}
        ) as order_discount_allocation,
        cast(
            case when is_sale then line_discount + order_discount_allocation else 0 end
            as {{ type_decimal(18, 4) }}
        ) as discounts,
        cast(line_discount_excess as {{ type_decimal(18, 4) }}) as line_discount_excess,
        cast(case when is_sale then ordered_amount else 0 end as {{ type_decimal(18, 4) }})
            as sales_after_discount,
        cast(
            case when is_counted and is_gift_card then ordered_amount else 0 end
            as {{ type_decimal(18, 4) }}
        ) as gift_card_sales,
        cast(case when is_sale then returned_units_so_far else 0 end as {{ type_integer() }})
            as returned_units,
        cast(case when is_sale then returned_amount_so_far else 0 end as {{ type_decimal(18, 4) }})
            as returns_by_order_date,
        cast(
            case when is_sale then ordered_amount - returned_amount_so_far else 0 end
            as {{ type_decimal(18, 4) }}
        ) as net_sales_by_order_date,
        cast(
            case when is_sale then ordered_units - returned_units_so_far else 0 end
            as {{ type_integer() }}
        ) as kept_units,
        case
            when not is_sale then cast(0 as {{ type_decimal(18, 4) }})
            else {{ kept_cost('ordered_cost', 'ordered_units', 'returned_units_so_far') }}
        end as cost_of_kept_units,

        -- flags
        is_counted,
        is_recognised,
        is_future,
        is_dated,
        is_mature,
        is_gift_card,
        is_subscriber_at_order,

        -- dates
        order_date,
        ordered_at_utc
    from joined

)

select * from final
