{# Grain: one row per order line. Sales measures are 0 on lines of orders that are not counted as
   sales; what was ordered all the same stands in ordered_units and ordered_amount. #}
with

lines as (

    select * from {{ ref('int_order_items_priced') }}

),

orders as (

    select * from {{ ref('int_orders_conformed') }}

),

products as (

    select * from {{ ref('int_products_unified') }}

),

product_versions as (

    select * from {{ ref('int_product_versions') }}

),

returns as (

    select
        order_key,
        line_number,
        sum(returned_units) as returned_units,
        sum(returned_amount) as returned_amount
    from {{ ref('fct_returns') }}
    where
        is_counted
        and is_order_linked
    group by 1, 2

),

joined as (

    select
        lines.*,
        orders.customer_key,
        orders.customer_history_key,
        orders.geography_key,
        orders.order_status_key,
        orders.channel_key,
        orders.payment_method_key,
        orders.promotion_key,
        orders.order_date_key,
        orders.order_date,
        orders.is_counted,
        orders.is_recognised,
        orders.is_future,
        orders.is_dated,
        orders.is_subscriber_at_order,
        orders.ordered_at_utc,
        products.product_key,
        product_versions.product_history_key,
        products.is_gift_card,
        orders.is_counted and not products.is_gift_card as is_sale,
        cast(
            coalesce(lines.cost_amount, lines.ordered_units * product_versions.unit_cost)
            as {{ type_decimal(18, 4) }}
        ) as ordered_cost,
        coalesce(returns.returned_units, 0) as returned_units_so_far,
        coalesce(returns.returned_amount, 0) as returned_amount_so_far
    from lines
    inner join orders
        on lines.order_key = orders.order_key
    inner join products
        on
            lines.source_system = products.source_system
            and lines.product_id = products.product_id
    inner join product_versions
        on
            products.product_key = product_versions.product_key
            and orders.valid_at >= product_versions.valid_from
            and orders.valid_at < product_versions.valid_to
    left join returns
        on
            lines.order_key = returns.order_key
            and lines.line_number = returns.line_number

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

        -- what was ordered, whatever became of it
        ordered_units,
        cast(unit_price as {{ type_decimal(18, 4) }}) as unit_price,
        cast(ordered_amount as {{ type_decimal(18, 4) }}) as ordered_amount,

        -- sales
        case when is_sale then ordered_units else 0 end as units_sold,
        cast(
            case when is_sale then gross_amount else 0 end as {{ type_decimal(18, 4) }}
        ) as gross_sales,
        cast(
            case when is_sale then line_discount else 0 end as {{ type_decimal(18, 4) }}
        ) as line_discount,
        cast(
            case when is_sale then order_discount_allocation else 0 end as {{ type_decimal(18, 4) }}
        ) as order_discount_allocation,
        cast(
            case when is_sale then line_discount + order_discount_allocation else 0 end
            as {{ type_decimal(18, 4) }}
        ) as discounts,
        cast(line_discount_excess as {{ type_decimal(18, 4) }}) as line_discount_excess,
        cast(
            case when is_sale then ordered_amount else 0 end as {{ type_decimal(18, 4) }}
        ) as sales_after_discount,
        cast(
            case when is_counted and is_gift_card then ordered_amount else 0 end
            as {{ type_decimal(18, 4) }}
        ) as gift_card_sales,
        cast(
            case when is_sale then returned_units_so_far else 0 end as {{ type_integer() }}
        ) as returned_units,
        cast(
            case when is_sale then returned_amount_so_far else 0 end as {{ type_decimal(18, 4) }}
        ) as returns_ord,
        cast(
            case when is_sale then ordered_amount - returned_amount_so_far else 0 end
            as {{ type_decimal(18, 4) }}
        ) as net_sales_ord,
        cast(
            case when is_sale then ordered_units - returned_units_so_far else 0 end
            as {{ type_integer() }}
        ) as kept_units,
        case
            when not is_sale then cast(0 as {{ type_decimal(18, 4) }})
            when ordered_cost is not null then
                cast({{ safe_divide(
                    'ordered_cost * (ordered_units - returned_units_so_far)', 'ordered_units', 4
                ) }} as {{ type_decimal(18, 4) }})
        end as cost_of_kept_units,

        -- flags
        is_counted,
        is_recognised,
        is_future,
        is_dated,
        is_gift_card,
        is_subscriber_at_order,

        -- dates and times
        order_date,
        ordered_at_utc
    from joined

)

select * from final
