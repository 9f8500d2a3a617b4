{# At each level the places add up to the counted orders and their shares to 1; the three top
   categories of a place have no more than the place. #}
{{ config(group='marts') }}
{%- set levels = ['country', 'region', 'state', 'city'] %}
with

facts as (

    select
        count(*) as orders,
        coalesce(sum(units_sold), 0) as units_sold,
        coalesce(sum(sales_after_discount), 0) as sales_after_discount,
        coalesce(sum(net_sales_by_order_date), 0) as net_sales_by_order_date
    from {{ ref('fct_orders') }}
    where is_counted

),

places as (

    select
        place_level,
        orders,
        units_sold,
        sales_after_discount,
        net_sales_by_order_date,
        share_of_total,
        coalesce(top_category_1_share, 0) + coalesce(top_category_2_share, 0)
        + coalesce(top_category_3_share, 0) as top_category_share
    from {{ ref('int_sales_by_place_level') }}

),

level_totals as (

    {% for place_level in levels -%}
    select
        '{{ place_level }}' as place_level,
        coalesce(sum(orders), 0) as orders,
        coalesce(sum(units_sold), 0) as units_sold,
        coalesce(sum(sales_after_discount), 0) as sales_after_discount,
        coalesce(sum(net_sales_by_order_date), 0) as net_sales_by_order_date,
        sum(share_of_total) as share_of_total,
        max(top_category_share) as top_category_share
    from places
    where place_level = '{{ place_level }}'
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
)

select
    level_totals.place_level,
    level_totals.orders,
    facts.orders as fact_orders,
    level_totals.net_sales_by_order_date,
    facts.net_sales_by_order_date as fact_net_sales_by_order_date
from level_totals
cross join facts
where
    level_totals.orders <> facts.orders
    or level_totals.units_sold <> facts.units_sold
    or level_totals.sales_after_discount <> facts.sales_after_discount
    or level_totals.net_sales_by_order_date <> facts.net_sales_by_order_date
    or abs(level_totals.share_of_total - 1) > 0.000001
    or level_totals.top_category_share > 1.000002
