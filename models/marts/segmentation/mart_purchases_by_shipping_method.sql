{# Grain: one row per shipping method that counted orders state. #}
with

orders as (

    select
        shipping_method,
        customer_key,
        sales_after_discount,
        net_sales_by_order_date
    from {{ ref('fct_orders') }}
    where
        is_counted
        and shipping_method is not null

),

summed as (

    select
        shipping_method,
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
        shipping_method,
        orders,
        customers,
        sales_after_discount,
        net_sales_by_order_date,
        {{ safe_divide('sales_after_discount', 'orders') }} as average_order_value,
        {{ safe_divide('orders', 'all_orders') }} as share_of_orders
    from shared

)

select * from final
