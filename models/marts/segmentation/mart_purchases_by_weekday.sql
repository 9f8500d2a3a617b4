{# Grain: one row per weekday on which counted orders were placed, by the clock of the source. #}
with

orders as (

    select
        dates.day_name,
        dates.day_of_week,
        orders.customer_key,
        orders.sales_after_discount,
        orders.net_sales_by_order_date
    from {{ ref('fct_orders') }} as orders
    inner join {{ ref('dim_dates') }} as dates
        on orders.order_date_key = dates.date_key
    where
        orders.is_counted
        and orders.is_dated

),

summed as (

    select
        day_name,
        day_of_week,
        count(*) as orders,
        count(distinct case when customer_key > 0 then customer_key end) as customers,
        cast(sum(sales_after_discount) as {{ type_decimal(18, 4) }}) as sales_after_discount,
        cast(sum(net_sales_by_order_date) as {{ type_decimal(18, 4) }}) as net_sales_by_order_date
    from orders
    group by 1, 2

),

shared as (

    select
        *,
        sum(orders) over () as all_orders
    from summed

),

final as (

    select
        day_name,
        day_of_week,
        orders,
        customers,
        sales_after_discount,
        net_sales_by_order_date,
        {{ safe_divide('sales_after_discount', 'orders') }} as average_order_value,
        {{ safe_divide('orders', 'all_orders') }} as share_of_orders
    from shared

)

select * from final
