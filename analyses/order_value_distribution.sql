{# How large are our orders? One row per band of order value, from small to large, with its share of
   orders and of sales: few large orders often make most of the sales. Add up share_of_orders from
   above: the median order lies in the band where the sum reaches 0.5. #}
{%- set bounds = [0, 25, 50, 100, 200, 500, 1000] %}
with

bands as (

    select
        case
            {%- for bound in bounds[1:] %}
            when sales_after_discount < {{ bound }}
                then '{{ loop.index }}: {{ bounds[loop.index0] }} to under {{ bound }}'
            {%- endfor %}
            else '{{ bounds | length }}: {{ bounds | last }} and more'
        end as order_value,
        count(*) as orders,
        sum(units_sold) as units_sold,
        sum(sales_after_discount) as sales_after_discount
    from {{ ref('fct_orders') }}
    where is_counted
    group by 1

),

totals as (

    select
        sum(orders) as all_orders,
        sum(sales_after_discount) as all_sales
    from bands

)

select
    bands.order_value,
    bands.orders,
    bands.sales_after_discount,
    {{ safe_divide('bands.units_sold', 'bands.orders', 2) }} as units_per_order,
    {{ safe_divide('bands.orders', 'totals.all_orders', 4) }} as share_of_orders,
    {{ safe_divide('bands.sales_after_discount', 'totals.all_sales', 4) }} as share_of_sales
from bands
cross join totals
order by 1
