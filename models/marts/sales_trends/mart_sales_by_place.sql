{# Grain: one row per place_level, country, region, state and city with a counted order. The names
   below the level are 'All'. #}
{%- set place = ['place_level', 'country', 'region', 'state', 'city'] %}
{%- set place_number = '1, 2, 3, 4, 5' %}
{%- set top_ranks = [1, 2, 3] %}
with

orders as (

    select * from {{ ref('fct_orders') }}
    where is_counted

),

sliced_sales as (

    select * from {{ ref('fct_sales_sliced') }}
    where slice_type = 'category'

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
        places.{{ place | join(',\n        places.') }},
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
    group by {{ place_number }}

),

category_sales as (

    select
        orders.geography_key,
        sliced_sales.slice_name as category,
        sum(sliced_sales.sales_after_discount) as sales_after_discount
    from sliced_sales
    inner join orders
        on sliced_sales.order_key = orders.order_key
    group by 1, 2

),

place_categories as (

    select
        places.{{ place | join(',\n        places.') }},
        category_sales.category,
        cast(sum(category_sales.sales_after_discount) as {{ type_decimal(18, 4) }})
            as sales_after_discount
    from category_sales
    inner join places
        on category_sales.geography_key = places.geography_key
    group by {{ place_number }}, 6

),

ranked as (

    select
        *,
        row_number() over (
            partition by {{ place | join(', ') }}
            order by sales_after_discount desc, category asc
        ) as category_rank
    from place_categories

),

top_categories as (

    select
        {%- for top_rank in top_ranks %}
        max(case when category_rank = {{ top_rank }} then category end) as category_{{ top_rank }},
        max(case when category_rank = {{ top_rank }} then sales_after_discount end)
            as sales_{{ top_rank }},
        {%- endfor %}
        {{ place | join(',\n        ') }}
    from ranked
    where category_rank <= {{ top_ranks[-1] }}
    group by 7, 8, 9, 10, 11

),

final as (

    select
        totals.{{ place | join(',\n        totals.') }},
        totals.region_manager_name,
        totals.latitude,
        totals.longitude,
        {%- for top_rank in top_ranks %}
        top_categories.category_{{ top_rank }} as top_category_{{ top_rank }},
        {{ safe_divide('top_categories.sales_' ~ top_rank, 'totals.sales_after_discount') }}
            as top_category_{{ top_rank }}_share,
        {%- endfor %}
        totals.{{ [
            'orders', 'customers', 'units_sold', 'sales_after_discount', 'net_sales_by_order_date'
        ] | join(',\n        totals.') }},
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
