{# At which prices do we sell? One row per category and band of the list price of the order line,
   from cheap to dear: products, units, the share of the band in the units of its category, and the
   discount that was given on it (0.1 is ten per cent). #}
{%- set bounds = [0, 10, 25, 50, 100, 250] %}
with

bands as (

    select
        products.category,
        case
            {%- for bound in bounds[1:] %}
            when sales.unit_price < {{ bound }}
                then '{{ loop.index }}: {{ bounds[loop.index0] }} to under {{ bound }}'
            {%- endfor %}
            else '{{ bounds | length }}: {{ bounds | last }} and more'
        end as price_band,
        count(distinct sales.product_key) as products,
        sum(sales.units_sold) as units_sold,
        sum(sales.gross_sales) as gross_sales,
        sum(sales.discounts) as discounts
    from {{ ref('fct_sales') }} as sales
    inner join {{ ref('dim_products_history') }} as products
        on sales.product_history_key = products.product_history_key
    where sales.units_sold > 0
    group by 1, 2

),

compared as (

    select
        *,
        sum(units_sold) over (partition by category) as units_of_category
    from bands

)

select
    category,
    price_band,
    products,
    units_sold,
    {{ safe_divide('units_sold', 'units_of_category', 4) }} as share_of_units,
    gross_sales,
    {{ safe_divide('discounts', 'gross_sales', 4) }} as discount_rate
from compared
order by 1, 2
