{# Grain: one row per slice_type, slice_name and counted order; an order with lines in two
   categories has a row in each. What is charged on the complete order (tax, shipping) has no
   category and is NULL there. #}
{%- set measures = [
    'units_sold', 'gross_sales', 'discounts', 'sales_after_discount', 'gift_card_sales',
    'returned_units', 'returns_by_order_date', 'net_sales_by_order_date'
] %}
{%- set order_measures = ['tax', 'shipping', 'refunded_tax', 'refunded_shipping'] %}
with

orders as (

    select * from {{ ref('fct_orders') }}
    where is_counted

),

order_lines as (

    select * from {{ ref('fct_sales') }}
    where is_counted

),

geography as (

    select * from {{ ref('dim_geography') }}

),

customer_versions as (

    select * from {{ ref('dim_customers_history') }}

),

channels as (

    select * from {{ ref('dim_channels') }}

),

product_versions as (

    select * from {{ ref('dim_products_history') }}

),

named_orders as (

    select
        orders.order_key,
        orders.customer_key,
        orders.order_date,
        'All sales' as slice_all,
        orders.source_system as slice_source_system,
        geography.region as slice_region,
        customer_versions.segment as slice_segment,
        channels.channel as slice_channel,
        orders.{{ (measures + order_measures) | join(',\n        orders.') }}
    from orders
    inner join geography
        on orders.geography_key = geography.geography_key
    inner join customer_versions
        on orders.customer_history_key = customer_versions.customer_history_key
    inner join channels
        on orders.channel_key = channels.channel_key

),

category_sales as (

    select
        'category' as slice_type,
        product_versions.category as slice_name,
        order_lines.order_key,
        order_lines.customer_key,
        order_lines.order_date,
        {%- for measure in measures %}
        cast(
            sum(order_lines.{{ measure }})
            as {{ type_integer() if 'units' in measure else type_decimal(18, 4) }}
        ) as {{ measure }},
        {%- endfor %}
        cast(null as {{ type_decimal(18, 4) }}) as {{
            order_measures | join(',\n        cast(null as ' ~ type_decimal(18, 4) ~ ') as ')
        }}
    from order_lines
    inner join product_versions
        on order_lines.product_history_key = product_versions.product_history_key
    group by 1, 2, 3, 4, 5

),

final as (

    {% for slice_type in ['all', 'source_system', 'region', 'segment', 'channel'] -%}
    select
        '{{ slice_type }}' as slice_type,
        slice_{{ slice_type }} as slice_name,
        order_key,
        customer_key,
        order_date,
        {{ (measures + order_measures) | join(',\n        ') }}
    from named_orders

    union all

    {% endfor -%}
    select
        slice_type,
        slice_name,
        order_key,
        customer_key,
        order_date,
        {{ (measures + order_measures) | join(',\n        ') }}
    from category_sales

)

select * from final
