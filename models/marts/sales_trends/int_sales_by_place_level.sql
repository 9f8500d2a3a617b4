{# Grain: one row per place_level, country, region, state and city with a counted order. The names
   below the level are 'All'. #}
with

orders as (

    select * from {{ ref('fct_orders') }}
    where is_counted

),

places as (

    select * from {{ ref('int_geography_levels') }}

),

all_sales as (

    select sum(sales_after_discount) as sales_after_discount
    from orders

),

totals as (

    select
        places.place_level,
        places.country,
        places.region,
        places.state,
        places.city,
        max(places.region_manager_name) as region_manager_name,
        max(places.latitude) as latitude,
        max(places.longitude) as longitude,
        count(*) as orders,
        count(distinct case when orders.customer_key > 0 then orders.customer_key end) as customers,
        cast(sum(orders.units_sold) as {{ type_integer() }}) as units_sold,
        cast(sum(orders.sales_after_discount) as {{ type_decimal(18, 4) }})
            as sales_after_discount,
        cast(sum(orders.net_sales_by_order_date) as {{ type_decimal(18, 4) }})
            as net_sales_by_order_date
    from orders
    inner join places
        on orders.geography_key = places.geography_key
    group by 1, 2, 3, 4, 5

),

category_sales as (

    select
        order_lines.geography_key,
        product_versions.category,
        sum(order_lines.sales_after_discount) as sales_after_discount
    from {{ ref('fct_sales') }} as order_lines
    inner join {{ ref('dim_products_history') }} as product_versions
        on order_lines.product_history_key = product_versions.product_history_key
    where order_lines.is_counted
    group by 1, 2

),

place_categories as (

    select
        places.place_level,
        places.country,
        places.region,
        places.state,
        places.city,
        category_sales.category,
        cast(sum(category_sales.sales_after_discount) as {{ type_decimal(18, 4) }})
            as sales_after_discount
    from category_sales
    inner join places
        on category_sales.geography_key = places.geography_key
    group by 1, 2, 3, 4, 5, 6

),

ranked as (

    select
        *,
        row_number() over (
            partition by place_level, country, region, state, city
            order by sales_after_discount desc, category asc
        ) as category_rank
    from place_categories

),

top_categories as (

    select
        place_level,
        country,
        region,
        state,
        city,
        max(case when category_rank = 1 then category end) as category_1,
        max(case when category_rank = 2 then category end) as category_2,
        max(case when category_rank = 3 then category end) as category_3,
        max(case when category_rank = 1 then sales_after_discount end) as sales_1,
        max(case when category_rank = 2 then sales_after_discount end) as sales_2,
        max(case when category_rank = 3 then sales_after_discount end) as sales_3
    from ranked
    where category_rank <= 3
    group by 1, 2, 3, 4, 5

),

final as (

    select
        totals.place_level,
        totals.country,
        totals.region,
        totals.state,
        totals.city,
        totals.region_manager_name,
        totals.latitude,
        totals.longitude,
        top_categories.category_1 as top_category_1,
        {{ safe_divide('top_categories.sales_1', 'totals.sales_after_discount') }}
            as top_category_1_share,
        top_categories.category_2 as top_category_2,
        {{ safe_divide('top_categories.sales_2', 'totals.sales_after_discount') }}
            as top_category_2_share,
        top_categories.category_3 as top_category_3,
        {{ safe_divide('top_categories.sales_3', 'totals.sales_after_discount') }}
            as top_category_3_share,
        totals.orders,
        totals.customers,
        totals.units_sold,
        totals.sales_after_discount,
        totals.net_sales_by_order_date,
        {{ safe_divide('totals.sales_after_discount', 'totals.orders') }} as average_order_value,
        {{ safe_divide('totals.sales_after_discount', 'all_sales.sales_after_discount', 10) }}
            as share_of_total,
        {{ is_small_cell('totals.customers') }} as is_small_cell
    from totals
    cross join all_sales
    left join top_categories
        on
            totals.place_level = top_categories.place_level
            and totals.country = top_categories.country
            and totals.region = top_categories.region
            and totals.state = top_categories.state
            and totals.city = top_categories.city

)

select * from final
