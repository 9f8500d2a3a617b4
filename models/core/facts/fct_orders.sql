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
        sum(returns_by_order_date) as returns_by_order_date,
        sum(net_sales_by_order_date) as net_sales_by_order_date,
        sum(kept_units) as kept_units,
        sum(case when cost_of_kept_units is not null then net_sales_by_order_date end)
            as net_sales_with_cost,
        sum(net_sales_by_order_date - cost_of_kept_units) as gross_margin
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
        coalesce(line_totals.ordered_units, 0) as ordered_units,
        coalesce(line_totals.ordered_amount, 0) as ordered_amount,
        coalesce(line_totals.units_sold, 0) as units_sold,
        coalesce(line_totals.gross_sales, 0) as gross_sales,
        coalesce(line_totals.discounts, 0) as discounts,
        coalesce(line_totals.sales_after_discount, 0) as sales_after_discount,
        coalesce(line_totals.gift_card_sales, 0) as gift_card_sales,
        coalesce(line_totals.returned_units, 0) as returned_units,
        coalesce(line_totals.returns_by_order_date, 0) as returns_by_order_date,
        coalesce(line_totals.net_sales_by_order_date, 0) as net_sales_by_order_date,
        coalesce(line_totals.kept_units, 0) as kept_units,
        coalesce(line_totals.line_count, 0) as line_count,
        coalesce(line_totals.net_sales_with_cost, 0) as net_sales_with_cost,
        line_totals.gross_margin,
        case when orders.is_counted then orders.tax_amount else 0 end as tax,
        case when orders.is_counted then orders.shipping_amount else 0 end as shipping,
        -- A return is counted only when its order is.
        coalesce(refunds.refunded_tax, 0) as refunded_tax,
        coalesce(refunds.refunded_shipping, 0) as refunded_shipping,
        orders.order_status = 'cancelled' and not orders.is_future as is_cancelled
    from orders
    left join line_totals
        on orders.order_key = line_totals.order_key
    left join refunds
        on orders.order_key = refunds.order_key

),

derived as (

    select
        *,
        net_sales_by_order_date + tax + shipping - refunded_tax - refunded_shipping
            as total_sales_by_order_date,
        case when is_cancelled then ordered_amount else 0 end as cancelled_value,
        case
            when is_counted and customer_key > 0
                then row_number() over (
                    partition by customer_key, is_counted
                    order by order_date, valid_at, order_id
                )
        end as customer_order_number
    from joined

),

final as (

    select
        -- keys
        order_key,
        source_system,
        order_id,
        customer_key,
        customer_history_key,
        geography_key,
        order_status_key,
        channel_key,
        payment_method_key,
        promotion_key,
        order_date_key,

        -- attributes
        source_order_status,
        shipping_method,
        season,
        {{ local_hour('ordered_at_utc', 'source_system') }} as order_hour,

        -- measures
        line_count,
        cast(ordered_units as {{ type_integer() }}) as ordered_units,
        cast(ordered_amount as {{ type_decimal(18, 4) }}) as ordered_amount,
        cast(units_sold as {{ type_integer() }}) as units_sold,
        cast(gross_sales as {{ type_decimal(18, 4) }}) as gross_sales,
        cast(discounts as {{ type_decimal(18, 4) }}) as discounts,
        cast(sales_after_discount as {{ type_decimal(18, 4) }}) as sales_after_discount,
        cast(gift_card_sales as {{ type_decimal(18, 4) }}) as gift_card_sales,
        cast(returned_units as {{ type_integer() }}) as returned_units,
        cast(returns_by_order_date as {{ type_decimal(18, 4) }}) as returns_by_order_date,
        cast(net_sales_by_order_date as {{ type_decimal(18, 4) }}) as net_sales_by_order_date,
        cast(kept_units as {{ type_integer() }}) as kept_units,
        cast(tax as {{ type_decimal(18, 4) }}) as tax,
        cast(shipping as {{ type_decimal(18, 4) }}) as shipping,
        cast(refunded_tax as {{ type_decimal(18, 4) }}) as refunded_tax,
        cast(refunded_shipping as {{ type_decimal(18, 4) }}) as refunded_shipping,
        cast(total_sales_by_order_date as {{ type_decimal(18, 4) }}) as total_sales_by_order_date,
        cast(gross_margin as {{ type_decimal(18, 4) }}) as gross_margin,
        cast(net_sales_with_cost as {{ type_decimal(18, 4) }}) as net_sales_with_cost,
        cast(cancelled_value as {{ type_decimal(18, 4) }}) as cancelled_value,
        cast(header_total_amount as {{ type_decimal(18, 4) }}) as header_total_amount,
        customer_order_number,

        -- flags
        is_recognised,
        is_future,
        is_counted,
        is_counted and kept_units > 0 as is_qualifying,
        is_cancelled,
        coalesce(customer_order_number = 1, false) as is_first_order,
        line_count > 0 as has_lines,
        discounts > 0 or coalesce(is_discount_declared, false) as is_discounted,
        coalesce(
            abs(header_total_amount - ordered_amount - tax_amount - shipping_amount) > 0.01, false
        ) as is_header_mismatch,
        is_subscriber_at_order,
        is_dated,

        -- dates and times
        order_date,
        shipped_date,
        delivered_date,
        ordered_at_utc
    from derived

)

select * from final
