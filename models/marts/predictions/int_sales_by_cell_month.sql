{# Grain: one row per month, region and category, as it was at the time of the order, with a line of
   a dated counted order. #}
with

final as (

    select
        {{ start_of_month('sales.order_date') }} as month_start_date,
        places.region,
        product_versions.category,
        cast(sum(sales.sales_after_discount) as {{ type_decimal(18, 4) }}) as sales_after_discount
    from {{ ref('fct_sales') }} as sales
    inner join {{ ref('dim_geography') }} as places
        on sales.geography_key = places.geography_key
    inner join {{ ref('dim_products_history') }} as product_versions
        on sales.product_history_key = product_versions.product_history_key
    where
        sales.is_counted
        and sales.is_dated
    group by 1, 2, 3

)

select * from final
