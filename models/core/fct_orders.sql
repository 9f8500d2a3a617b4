{# Grain: one row per order, rolled up from fct_sales; orders without lines are kept. #}
with

orders as (

    select * from {{ ref('int_orders_conformed') }}

),

line_totals as (

    select
        order_key,
        count(*) as line_count,
        sum(ordered_units) as ordered_units,
        sum(ordered_amount) as ordered_amount,
        sum(units_sold) as units_sold,
        sum(gross_sales) as gross_sales,
        sum(discounts) as discounts,
        sum(sales_after_discount) as sales_after_discount,
        sum(gift_card_sales) as gift_card_sales,
        sum(returned_units) as returned_units,
        sum(returns_ord) as returns_ord,
        sum(net_sales_ord) as net_sales_ord,
        sum(kept_units) as kept_units,
        sum(cost_of_kept_units) as cost_of_kept_units,
        sum(case when cost_of_kept_units is not null then 1 else 0 end) as lines_with_cost,
        sum(
            case when cost_of_kept_units is not null then net_sales_ord else 0 end
        ) as net_sales_with_cost
    from {{ ref('fct_sales') }}
    group by 1

),

refunds as (

    select
        order_key,
        sum(refunded_tax) as refunded_tax,
        sum(refunded_shipping) as refunded_shipping
    from {{ ref('fct_returns') }}
    where is_counted
    group by 1

),

joined as (

    select
        orders.*,
        coalesce(line_totals.line_count, 0) as line_count,
        coalesce(line_totals.ordered_units, 0) as ordered_units,
        coalesce(line_totals.ordered_amount, 0) as ordered_amount,
        coalesce(line_totals.units_sold, 0) as units_sold,
        coalesce(line_totals.gross_sales, 0) as gross_sales,
        coalesce(line_totals.discounts, 0) as discounts,
        coalesce(line_totals.sales_after_discount, 0) as sales_after_discount,
        coalesce(line_totals.gift_card_sales, 0) as gift_card_sales,
        coalesce(line_totals.returned_units, 0) as returned_units,
        coalesce(line_totals.returns_ord, 0) as returns_ord,
        coalesce(line_totals.net_sales_ord, 0) as net_sales_ord,
        coalesce(line_totals.kept_units, 0) as kept_units,
        coalesce(line_totals.cost_of_kept_units, 0) as cost_of_kept_units,
        coalesce(line_totals.net_sales_with_cost, 0) as net_sales_with_cost,
        coalesce(line_totals.lines_with_cost, 0) as lines_with_cost,
        case when orders.is_counted then orders.tax_amount else 0 end as tax,
        case when orders.is_counted then orders.shipping_amount else 0 end as shipping,
        case
            when orders.is_counted then coalesce(refunds.refunded_tax, 0)
            else 0
        end as refunded_tax,
        case
            when orders.is_counted then coalesce(refunds.refunded_shipping, 0)
            else 0
        end as refunded_shipping
    from orders
    left join line_totals
        on orders.order_key = line_totals.order_key
    left join refunds
        on orders.order_key = refunds.order_key

),

sequenced as (

    select
        order_key,
        row_number() over (
            partition by customer_key
            order by order_date, valid_at, order_id
        ) as customer_order_number
    from joined
    where
        is_counted
        and customer_key > 0

),

final as (

    select
        -- keys
        joined.order_key,
        joined.source_system,
        joined.order_id,
        joined.customer_key,
        joined.customer_history_key,
        joined.geography_key,
        joined.order_status_key,
        joined.channel_key,
        joined.payment_method_key,
        joined.promotion_key,
        joined.order_date_key,

        -- attributes
        joined.source_order_status,
        joined.shipping_method,
        joined.season,

        -- measures
        joined.line_count,
        cast(joined.ordered_units as {{ type_integer() }}) as ordered_units,
        cast(joined.ordered_amount as {{ type_decimal(18, 4) }}) as ordered_amount,
        cast(joined.units_sold as {{ type_integer() }}) as units_sold,
        cast(joined.gross_sales as {{ type_decimal(18, 4) }}) as gross_sales,
        cast(joined.discounts as {{ type_decimal(18, 4) }}) as discounts,
        cast(joined.sales_after_discount as {{ type_decimal(18, 4) }}) as sales_after_discount,
        cast(joined.gift_card_sales as {{ type_decimal(18, 4) }}) as gift_card_sales,
        cast(joined.returned_units as {{ type_integer() }}) as returned_units,
        cast(joined.returns_ord as {{ type_decimal(18, 4) }}) as returns_ord,
        cast(joined.net_sales_ord as {{ type_decimal(18, 4) }}) as net_sales_ord,
        cast(joined.kept_units as {{ type_integer() }}) as kept_units,
        cast(joined.tax as {{ type_decimal(18, 4) }}) as tax,
        cast(joined.shipping as {{ type_decimal(18, 4) }}) as shipping,
        cast(joined.refunded_tax as {{ type_decimal(18, 4) }}) as refunded_tax,
        cast(joined.refunded_shipping as {{ type_decimal(18, 4) }}) as refunded_shipping,
        cast(
            joined.net_sales_ord + joined.tax + joined.shipping
            - joined.refunded_tax - joined.refunded_shipping
            as {{ type_decimal(18, 4) }}
        ) as total_sales_ord,
        cast(
            case
                when joined.lines_with_cost > 0
                    then joined.net_sales_with_cost - joined.cost_of_kept_units
            end as {{ type_decimal(18, 4) }}
        ) as gross_margin,
        cast(joined.net_sales_with_cost as {{ type_decimal(18, 4) }}) as net_sales_with_cost,
        cast(
            case
                when joined.order_status = 'cancelled' and not joined.is_future
                    then joined.ordered_amount
                else 0
            end as {{ type_decimal(18, 4) }}
        ) as cancelled_value,
        cast(joined.header_total_amount as {{ type_decimal(18, 4) }}) as header_total_amount,
        sequenced.customer_order_number,

        -- flags
        joined.is_recognised,
        joined.is_future,
        joined.is_counted,
        joined.is_counted and joined.kept_units > 0 as is_qualifying,
        joined.order_status = 'cancelled' and not joined.is_future as is_cancelled,
        coalesce(sequenced.customer_order_number = 1, false) as is_first_order,
        joined.line_count > 0 as has_lines,
        joined.discounts > 0 or coalesce(joined.is_discount_declared, false) as is_discounted,
        coalesce(
            abs(
                joined.header_total_amount - joined.ordered_amount
                - joined.tax_amount - joined.shipping_amount
            ) > 0.01,
            false
        ) as is_header_mismatch,
        joined.is_subscriber_at_order,
        joined.is_dated,

        -- dates and times
        joined.order_date,
        joined.shipped_date,
        joined.delivered_date,
        joined.ordered_at_utc
    from joined
    left join sequenced
        on joined.order_key = sequenced.order_key

)

select * from final
