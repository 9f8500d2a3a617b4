{# Grain: one row per pair of products that were bought together often enough. A basket is the
   distinct products of a counted order. #}
with

products as (

    select * from {{ ref('dim_products') }}

),

basket_products as (

    select distinct
        order_key,
        product_key
    from {{ ref('fct_sales') }}
    where
        is_counted
        and product_key > 0

),

basket_sizes as (

    select
        order_key,
        count(*) as product_count
    from basket_products
    group by 1

),

totals as (

    select
        sum(case when product_count <= {{ var('max_basket_size') }} then 1 else 0 end) as baskets,
        sum(case when product_count > {{ var('max_basket_size') }} then 1 else 0 end)
            as excluded_baskets
    from basket_sizes

),

judged_products as (

    select
        basket_products.order_key,
        basket_products.product_key
    from basket_products
    inner join basket_sizes
        on basket_products.order_key = basket_sizes.order_key
    where basket_sizes.product_count <= {{ var('max_basket_size') }}

),

product_orders as (

    select
        product_key,
        count(*) as orders
    from judged_products
    group by 1

),

frequent_products as (

    -- A pair is no more frequent than either of its products: the others need not be paired.
    select
        judged_products.order_key,
        judged_products.product_key
    from judged_products
    inner join product_orders
        on judged_products.product_key = product_orders.product_key
    where product_orders.orders >= {{ var('min_pair_orders') }}

),

pairs as (

    select
        first_products.product_key as product_key_a,
        second_products.product_key as product_key_b,
        count(*) as orders_with_both
    from frequent_products as first_products
    inner join frequent_products as second_products
        on
            first_products.order_key = second_products.order_key
            and first_products.product_key < second_products.product_key
    group by 1, 2
    having count(*) >= {{ var('min_pair_orders') }}

),

measured as (

    select
        pairs.product_key_a,
        pairs.product_key_b,
        products_a.product_name as product_name_a,
        products_b.product_name as product_name_b,
        pairs.orders_with_both,
        orders_a.orders as orders_with_a,
        orders_b.orders as orders_with_b,
        cast(totals.baskets as {{ type_integer() }}) as baskets,
        cast(totals.excluded_baskets as {{ type_integer() }}) as excluded_baskets
    from pairs
    inner join products as products_a
        on pairs.product_key_a = products_a.product_key
    inner join products as products_b
        on pairs.product_key_b = products_b.product_key
    inner join product_orders as orders_a
        on pairs.product_key_a = orders_a.product_key
    inner join product_orders as orders_b
        on pairs.product_key_b = orders_b.product_key
    cross join totals

),

final as (

    select
        *,
        {{ safe_divide('orders_with_both', 'baskets') }} as support,
        {{ safe_divide('orders_with_both', 'orders_with_a') }} as confidence_a_to_b,
        {{ safe_divide('orders_with_both', 'orders_with_b') }} as confidence_b_to_a,
        {{ safe_divide('orders_with_both * baskets', '(orders_with_a * orders_with_b)') }} as lift
    from measured

)

select * from final
