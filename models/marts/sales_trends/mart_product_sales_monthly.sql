{# Grain: one row per month and product with a counted order line; sales without a date have a row
   without a month. #}
with

products as (

    select * from {{ ref('dim_products') }}
    where product_key > 0

),

monthly as (

    select
        {{ start_of_month('order_date') }} as month_start_date,
        product_key,
        is_dated,
        count(distinct order_key) as orders,
        sum(units_sold) as units_sold,
        sum(sales_after_discount) as sales_after_discount,
        sum(returns_by_order_date) as returns_by_order_date,
        sum(net_sales_by_order_date) as net_sales_by_order_date
    from {{ ref('fct_sales') }}
    where is_counted
    group by 1, 2, 3

),

final as (

    select
        case when monthly.is_dated then monthly.month_start_date end as month_start_date,
        monthly.product_key,
        products.product_name,
        products.category,
        monthly.orders,
        cast(monthly.units_sold as {{ type_integer() }}) as units_sold,
        cast(monthly.sales_after_discount as {{ type_decimal(18, 4) }}) as sales_after_discount,
        cast(monthly.returns_by_order_date as {{ type_decimal(18, 4) }}) as returns_by_order_date,
        cast(monthly.net_sales_by_order_date as {{ type_decimal(18, 4) }})
            as net_sales_by_order_date,
        not monthly.is_dated as is_undated
    from monthly
    inner join products
        on monthly.product_key = products.product_key

)

select * from final
