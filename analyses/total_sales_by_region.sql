{# Which region sells most? One row per region, the largest first, over all time. share_of_sales
   adds up to 1 (0.25 is a quarter of all sales); net_sales_by_order_date is what is left after
   returns. #}
with

regions as (

    select
        region,
        sum(orders) as orders,
        sum(units_sold) as units_sold,
        sum(sales_after_discount) as sales_after_discount,
        sum(net_sales_by_order_date) as net_sales_by_order_date
    from {{ ref('mart_sales_monthly_by_region') }}
    group by 1

),

totals as (

    select sum(sales_after_discount) as all_sales
    from regions

)

select
    regions.region,
    regions.orders,
    regions.units_sold,
    regions.sales_after_discount,
    regions.net_sales_by_order_date,
    {{ safe_divide('regions.sales_after_discount', 'regions.orders', 2) }} as average_order_value,
    {{ safe_divide('regions.sales_after_discount', 'totals.all_sales', 4) }} as share_of_sales
from regions
cross join totals
order by 4 desc, 1 asc
