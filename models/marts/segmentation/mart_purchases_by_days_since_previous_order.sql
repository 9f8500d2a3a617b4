{# Grain: one row per band of days between a counted order and the one before it of the same
   customer. #}
with

followed as (

    select
        customer_key,
        sales_after_discount,
        net_sales_by_order_date,
        {{ days_between(
            'lag(order_date) over (partition by customer_key order by customer_order_number)',
            'order_date'
        ) }} as days_since_previous
    from {{ ref('fct_orders') }}
    where
        is_counted
        and is_dated
        and customer_key > 0

),

orders as (

    select
        *,
        case
            when days_since_previous > 365 then 'Over 365'
            when days_since_previous > 90 then '91 to 365'
            when days_since_previous > 30 then '31 to 90'
            when days_since_previous > 7 then '8 to 30'
            when days_since_previous > 0 then '1 to 7'
            else 'Same day'
        end as days_since_previous_order,
        case
            when days_since_previous > 365 then 6
            when days_since_previous > 90 then 5
            when days_since_previous > 30 then 4
            when days_since_previous > 7 then 3
            when days_since_previous > 0 then 2
            else 1
        end as sort_order
    from followed
    where days_since_previous is not null

),

summed as (

    select
        days_since_previous_order,
        sort_order,
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
        days_since_previous_order,
        cast(sort_order as {{ type_integer() }}) as sort_order,
        orders,
        customers,
        sales_after_discount,
        net_sales_by_order_date,
        {{ safe_divide('sales_after_discount', 'orders') }} as average_order_value,
        {{ safe_divide('orders', 'all_orders') }} as share_of_orders
    from shared

)

select * from final
