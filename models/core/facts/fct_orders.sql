{# Grain: one row per order, rolled up from fct_sales; orders without lines are kept. #}
{%- set line_measures = [
    'ordered_units', 'ordered_amount', 'units_sold', 'gross_sales', 'discounts',
    'sales_after_discount', 'gift_card_sales', 'returned_units', 'returns_by_order_date',
    'net_sales_by_order_date',
    'kept_units'
] %}
{%- set order_measures = [
    'tax', 'shipping', 'refunded_tax', 'refunded_shipping', 'total_sales_by_order_date',
    'gross_margin',
    'net_sales_with_cost', 'cancelled_value', 'header_total_amount'
] %}
with

orders as (

    select * from {{ ref('int_orders_conformed') }}

),

line_totals as (

    select
        order_key,
        count(*) as line_count,
        {%- for measure in line_measures %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
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
        {%- for measure in line_measures + ['line_count', 'net_sales_with_cost'] %}
        coalesce(line_totals.{{ measure }}, 0) as {{ measure }},
        {%- endfor %}
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
        {%- for measure in line_measures + order_measures %}
        cast(
            {{ measure }} as {{ type_integer() if 'units' in measure else type_decimal(18, 4) }}
        ) as {{ measure }},
        {%- endfor %}
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
