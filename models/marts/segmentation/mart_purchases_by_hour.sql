{# Grain: one row per hour of the day in which counted orders were placed, by the clock of the
   source. #}
with

orders as (

    select
        order_hour,
        customer_key,
        sales_after_discount,
        net_sales_by_order_date
    from {{ ref('fct_orders') }}
    where
        is_counted
        and is_dated
        and order_hour is not null

),

summed as (

    select
        order_hour,
        count(*) as orders,
        count(distinct case when customer_key > 0 then customer_key end) as customers,
        cast(sum(sales_after_discount) as {{ type_decimal(18, 4) }}) as sales_after_discount,
        cast(sum(net_sales_by_order_date) as {{ type_decimal(18, 4) }}) as net_sales_by_order_date
    from orders
    group by 1

),

shared as (

    select
        *,
        sum(orders) over () as all_orders
    from summed

),

final as (

    select
        order_hour,
        orders,
        customers,
        sales_after_discount,
        net_sales_by_order_date,
        {{ safe_divide('sales_after_discount', 'orders') }} as average_order_value,
        {{ safe_divide('orders', 'all_orders') }} as share_of_orders
    from shared

)

select * from final
