{# Grain: one row per month_start_date; what has no date is in the month NULL. #}
with

orders as (

    select * from {{ ref('fct_orders') }}
    where not is_future

),

-- Undated orders stand in the month of the unknown date.
months as (

    select period_start_date as month_start_date
    from {{ ref('int_periods') }}
    where
        period_type = 'month'
        and period_start_date > {{ unknown_date() }}

    union all

    select distinct {{ unknown_date() }} as month_start_date
    from orders
    where not is_dated

),

judged as (

    select
        {{ start_of_month('orders.order_date') }} as month_start_date,
        case
            when orders.is_dated then {{ days_between('orders.order_date', 'orders.shipped_date') }}
        end as shipping_days,
        case
            when orders.is_dated
                then {{ days_between('orders.order_date', 'orders.delivered_date') }}
        end as delivery_days,
        -- What was delivered has been shipped, whether or not the source says when.
        case
            when not orders.is_recognised then 1
            when
                statuses.order_status in ('delivered', 'partially_returned', 'returned')
                or orders.delivered_date <= run_context.as_of_date
                then case when orders.kept_units > 0 then 5 else 4 end
            when
                statuses.order_status = 'shipped'
                or orders.shipped_date <= run_context.as_of_date
                then 3
            else 2
        end as last_step_number
    from orders
    inner join {{ ref('dim_order_statuses') }} as statuses
        on orders.order_status_key = statuses.order_status_key
    cross join {{ ref('run_context') }} as run_context

),

monthly as (

    select
        month_start_date,
        count(*) as placed_orders,
        count(case when last_step_number >= 2 then 1 end) as confirmed_orders,
        count(case when last_step_number >= 3 then 1 end) as shipped_orders,
        count(case when last_step_number >= 4 then 1 end) as delivered_orders,
        count(case when last_step_number >= 5 then 1 end) as kept_orders,
        sum(case when last_step_number >= 3 then shipping_days end) as shipping_days,
        count(case when last_step_number >= 3 then shipping_days end) as orders_with_shipping_days,
        sum(case when last_step_number >= 4 then delivery_days end) as delivery_days,
        count(case when last_step_number >= 4 then delivery_days end) as orders_with_delivery_days
    from judged
    group by 1

),

counted as (

    select
        months.month_start_date,
        coalesce(monthly.placed_orders, 0) as placed_orders,
        coalesce(monthly.confirmed_orders, 0) as confirmed_orders,
        coalesce(monthly.shipped_orders, 0) as shipped_orders,
        coalesce(monthly.delivered_orders, 0) as delivered_orders,
        coalesce(monthly.kept_orders, 0) as kept_orders,
        coalesce(monthly.shipping_days, 0) as shipping_days,
        coalesce(monthly.orders_with_shipping_days, 0) as orders_with_shipping_days,
        coalesce(monthly.delivery_days, 0) as delivery_days,
        coalesce(monthly.orders_with_delivery_days, 0) as orders_with_delivery_days
    from months
    left join monthly
        on months.month_start_date = monthly.month_start_date

),

final as (

    select
        case when month_start_date > {{ unknown_date() }} then month_start_date end
            as month_start_date,
        cast(placed_orders as {{ type_integer() }}) as placed_orders,
        cast(confirmed_orders as {{ type_integer() }}) as confirmed_orders,
        cast(shipped_orders as {{ type_integer() }}) as shipped_orders,
        cast(delivered_orders as {{ type_integer() }}) as delivered_orders,
        cast(kept_orders as {{ type_integer() }}) as kept_orders,
        {{ safe_divide('confirmed_orders', 'placed_orders') }} as confirmed_share_of_placed,
        {{ safe_divide('shipped_orders', 'placed_orders') }} as shipped_share_of_placed,
        {{ safe_divide('delivered_orders', 'placed_orders') }} as delivered_share_of_placed,
        {{ safe_divide('kept_orders', 'placed_orders') }} as kept_share_of_placed,
        {{ safe_divide('shipped_orders', 'confirmed_orders') }} as shipped_share_of_confirmed,
        {{ safe_divide('delivered_orders', 'shipped_orders') }} as delivered_share_of_shipped,
        {{ safe_divide('kept_orders', 'delivered_orders') }} as kept_share_of_delivered,
        cast(shipping_days as {{ type_integer() }}) as shipping_days,
        cast(orders_with_shipping_days as {{ type_integer() }}) as orders_with_shipping_days,
        {{ safe_divide('shipping_days', 'orders_with_shipping_days') }} as average_shipping_days,
        cast(delivery_days as {{ type_integer() }}) as delivery_days,
        cast(orders_with_delivery_days as {{ type_integer() }}) as orders_with_delivery_days,
        {{ safe_divide('delivery_days', 'orders_with_delivery_days') }} as average_delivery_days,
        month_start_date = {{ unknown_date() }} as is_undated
    from counted

)

select * from final
