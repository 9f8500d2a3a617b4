{# Grain: one row per payment method of counted orders. #}
with

orders as (

    select
        payment_methods.payment_method,
        orders.customer_key,
        orders.sales_after_discount,
        orders.net_sales_by_order_date
    from {{ ref('fct_orders') }} as orders
    inner join {{ ref('dim_payment_methods') }} as payment_methods
        on orders.payment_method_key = payment_methods.payment_method_key
    where orders.is_counted

),

summed as (

    select
        payment_method,
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
        payment_method,
        orders,
        customers,
        sales_after_discount,
        net_sales_by_order_date,
        {{ safe_divide('sales_after_discount', 'orders') }} as average_order_value,
        {{ safe_divide('orders', 'all_orders') }} as share_of_orders
    from shared

)

select * from final
