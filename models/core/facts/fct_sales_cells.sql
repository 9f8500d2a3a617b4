{# Grain: one row per month, region, category and segment. Cells with is_all_categories hold
   complete orders under the category 'ALL': an order in two categories is in two of the others. A
   customer counts at the first order of a period, so that cells add up to distinct customers. #}
with

sales as (

    select
        {{ start_of_month('orders.order_date') }} as month_start_date,
        places.region,
        'ALL' as category,
        customer_versions.segment,
        true as is_all_categories,
        orders.order_key,
        orders.order_date,
        orders.customer_key,
        orders.units_sold,
        orders.gross_sales,
        orders.discounts,
        orders.sales_after_discount,
        orders.returns_by_order_date,
        orders.net_sales_by_order_date
    from {{ ref('fct_orders') }} as orders
    inner join {{ ref('dim_geography') }} as places
        on orders.geography_key = places.geography_key
    inner join {{ ref('dim_customers_history') }} as customer_versions
        on orders.customer_history_key = customer_versions.customer_history_key
    where orders.is_counted

    union all

    select
        {{ start_of_month('order_lines.order_date') }} as month_start_date,
        places.region,
        product_versions.category,
        customer_versions.segment,
        false as is_all_categories,
        order_lines.order_key,
        order_lines.order_date,
        order_lines.customer_key,
        sum(order_lines.units_sold) as units_sold,
        sum(order_lines.gross_sales) as gross_sales,
        sum(order_lines.discounts) as discounts,
        sum(order_lines.sales_after_discount) as sales_after_discount,
        sum(order_lines.returns_by_order_date) as returns_by_order_date,
        sum(order_lines.net_sales_by_order_date) as net_sales_by_order_date
    from {{ ref('fct_sales') }} as order_lines
    inner join {{ ref('dim_geography') }} as places
        on order_lines.geography_key = places.geography_key
    inner join {{ ref('dim_customers_history') }} as customer_versions
        on order_lines.customer_history_key = customer_versions.customer_history_key
    inner join {{ ref('dim_products_history') }} as product_versions
        on order_lines.product_history_key = product_versions.product_history_key
    where order_lines.is_counted
    group by 1, 2, 3, 4, 5, 6, 7, 8

),

sequenced as (

    select
        *,
        lag(order_date) over (
            partition by region, segment, category, is_all_categories, customer_key
            order by order_date, order_key
        ) as previous_region_and_segment,
        lag(order_date) over (
            partition by region, category, is_all_categories, customer_key
            order by order_date, order_key
        ) as previous_region,
        lag(order_date) over (
            partition by segment, category, is_all_categories, customer_key
            order by order_date, order_key
        ) as previous_segment,
        lag(order_date) over (
            partition by category, is_all_categories, customer_key
            order by order_date, order_key
        ) as previous_neither
    from sales

),

final as (

    select
        month_start_date,
        region,
        category,
        segment,
        is_all_categories,
        cast(sum(units_sold) as {{ type_integer() }}) as units_sold,
        cast(sum(gross_sales) as {{ type_decimal(18, 4) }}) as gross_sales,
        cast(sum(discounts) as {{ type_decimal(18, 4) }}) as discounts,
        cast(sum(sales_after_discount) as {{ type_decimal(18, 4) }}) as sales_after_discount,
        cast(sum(returns_by_order_date) as {{ type_decimal(18, 4) }}) as returns_by_order_date,
        cast(sum(net_sales_by_order_date) as {{ type_decimal(18, 4) }}) as net_sales_by_order_date,
        {%- for cut in ['region_and_segment', 'region', 'segment', 'neither'] %}
        {%- for period, is_first in {
            'month': 'coalesce(previous_' ~ cut ~ ' < month_start_date, true)',
            'year': 'coalesce(year(previous_' ~ cut ~ ') < year(month_start_date), true)',
            'ever': 'previous_' ~ cut ~ ' is null'
        }.items() %}
        cast(
            sum(case when customer_key > 0 and {{ is_first }} then 1 else 0 end)
            as {{ type_integer() }}
        ) as {{ period }}_customers_by_{{ cut }},
        {%- endfor %}
        {%- endfor %}
        count(*) as orders
    from sequenced
    group by 1, 2, 3, 4, 5

)

select * from final
