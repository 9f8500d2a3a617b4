{# Grain: one row per customer and category, as it was at the time of the order, of which the
   customer bought something. #}
with

order_lines as (

    select * from {{ ref('fct_sales') }}
    where
        is_counted
        and customer_key > 0

),

product_versions as (

    select * from {{ ref('dim_products_history') }}

),

summed as (

    select
        order_lines.customer_key,
        product_versions.category,
        count(distinct order_lines.order_key) as orders,
        cast(sum(order_lines.units_sold) as {{ type_integer() }}) as units_sold,
        cast(sum(order_lines.net_sales_by_order_date) as {{ type_decimal(18, 4) }})
            as net_sales_by_order_date
    from order_lines
    inner join product_versions
        on order_lines.product_history_key = product_versions.product_history_key
    group by 1, 2

),

final as (

    select
        customer_key,
        category,
        cast(
            row_number() over (
                partition by customer_key
                order by net_sales_by_order_date desc, units_sold desc, category asc
            ) as {{ type_integer() }}
        ) as category_number,
        orders,
        units_sold,
        net_sales_by_order_date
    from summed

)

select * from final
