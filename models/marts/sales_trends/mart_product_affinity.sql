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

sized as (

    select
        order_key,
        product_key,
        count(*) over (partition by order_key) as product_count
    from basket_products

),

totals as (

    select
        count(distinct case when product_count <= {{ var('max_basket_size') }} then order_key end)
            as baskets,
        count(distinct case when product_count > {{ var('max_basket_size') }} then order_key end)
            as excluded_baskets
    from sized

),

judged as (

    select
        order_key,
        product_key,
        product_count,
        count(*) over (partition by product_key) as product_orders
    from sized
    where product_count <= {{ var('max_basket_size') }}

),

paired as (

    -- A pair is no more frequent than either of its products: the others need not be paired.
    select
        order_key,
        product_key,
        product_orders
    from judged
    where
        product_count > 1
        and product_orders >= {{ var('min_pair_orders') }}

),

pairs as (

    select
        paired_a.product_key as product_key_a,
        paired_b.product_key as product_key_b,
        paired_a.product_orders as orders_with_a,
        paired_b.product_orders as orders_with_b,
        count(*) as orders_with_both
    from paired as paired_a
    inner join paired as paired_b
        on
            paired_a.order_key = paired_b.order_key
            and paired_a.product_key < paired_b.product_key
    group by 1, 2, 3, 4
    having count(*) >= {{ var('min_pair_orders') }}

),

final as (

    select
        pairs.product_key_a,
        pairs.product_key_b,
        products_a.product_name as product_name_a,
        products_b.product_name as product_name_b,
        pairs.orders_with_both,
        pairs.orders_with_a,
        pairs.orders_with_b,
        totals.baskets,
        totals.excluded_baskets,
        {{ safe_divide('pairs.orders_with_both', 'totals.baskets') }} as support,
        {{ safe_divide('pairs.orders_with_both', 'pairs.orders_with_a') }} as confidence_a_to_b,
        {{ safe_divide('pairs.orders_with_both', 'pairs.orders_with_b') }} as confidence_b_to_a,
        {{ safe_divide(
            'pairs.orders_with_both * totals.baskets',
            '(pairs.orders_with_a * pairs.orders_with_b)'
        ) }} as lift
    from pairs
    inner join products as products_a
        on pairs.product_key_a = products_a.product_key
    inner join products as products_b
        on pairs.product_key_b = products_b.product_key
    cross join totals

)

select * from final
