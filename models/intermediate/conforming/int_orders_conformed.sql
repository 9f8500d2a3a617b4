{# Grain: one row per accepted order, with the keys of its dimensions and what its status means. #}
with

orders as (

    select * from {{ ref('int_orders_screened') }}
    where row_outcome = 'accepted'

),

statuses as (

    select * from {{ ref('order_statuses') }}

),

run_context as (

    select * from {{ ref('int_run_context') }}

),

keyed as (

    select
        orders.*,
        case
            when orders.customer_id is null then -2
            else {{ surrogate_key(['orders.source_system', 'orders.customer_id']) }}
        end as customer_key,
        coalesce(
            orders.ordered_at_utc,
            cast(coalesce(orders.order_local_date, {{ unknown_date() }}) as {{ type_timestamp() }})
        ) as valid_at,
        coalesce(orders.order_local_date, {{ unknown_date() }}) as order_date,
        orders.order_local_date is not null as is_dated,
        statuses.is_recognised,
        coalesce(orders.order_local_date > run_context.as_of_date, false) as is_future,
        {{ is_mature('coalesce(orders.order_local_date, ' ~ unknown_date() ~ ')') }} as is_mature
    from orders
    inner join statuses
        on orders.order_status = statuses.order_status
    cross join run_context

),

customer_versions as (

    select * from {{ ref('int_customer_versions') }}

),

final as (

    select
        keyed.order_key,
        keyed.source_system,
        keyed.order_id,
        keyed.customer_key,
        coalesce(
            customer_versions.customer_history_key, keyed.customer_key
        ) as customer_history_key,
        {{ geography_key('keyed.country', 'keyed.region', 'keyed.state', 'keyed.city') }}
            as geography_key,
        {{ shared_key('order_status', 'keyed.order_status') }} as order_status_key,
        {{ shared_key('channel', 'keyed.channel') }} as channel_key,
        {{ shared_key('payment_method', 'keyed.payment_method') }} as payment_method_key,
        {{ shared_key('promotion', 'keyed.promotion_code', -3) }} as promotion_key,
        {{ date_key('keyed.order_date') }} as order_date_key,
        keyed.country,
        keyed.region,
        keyed.state,
        keyed.city,
        keyed.order_status,
        keyed.source_order_status,
        keyed.channel,
        keyed.payment_method,
        keyed.promotion_code,
        keyed.shipping_method,
        keyed.season,
        keyed.order_discount_amount,
        coalesce(keyed.shipping_amount, 0) as shipping_amount,
        coalesce(keyed.tax_amount, 0) as tax_amount,
        keyed.header_total_amount,
        keyed.is_discount_declared,
        keyed.is_dated,
        keyed.is_dst_adjusted,
        keyed.is_recognised,
        keyed.is_future,
        keyed.is_recognised and not keyed.is_future as is_counted,
        keyed.is_mature,
        coalesce(customer_versions.is_subscriber, false) as is_subscriber_at_order,
        keyed.order_date,
        keyed.shipped_local_date as shipped_date,
        keyed.delivered_local_date as delivered_date,
        keyed.ordered_at_utc,
        keyed.valid_at
    from keyed
    left join customer_versions
        on
            keyed.customer_key = customer_versions.customer_key
            and keyed.valid_at >= customer_versions.valid_from
            and keyed.valid_at < customer_versions.valid_to

)

select * from final
