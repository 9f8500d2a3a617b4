{# Which category sells most, and what comes back? One row per category, the largest first, over all
   time. An order with two categories counts in both, so orders do not add up; sales do. The return
   rate judges only orders whose returns window is over. #}
with

categories as (

    select
        category,
        sum(orders) as orders,
        sum(units_sold) as units_sold,
        sum(sales_after_discount) as sales_after_discount,
        sum(net_sales_by_order_date) as net_sales_by_order_date
    from {{ ref('mart_sales_monthly_by_category') }}
    group by 1

),

totals as (

    select sum(sales_after_discount) as all_sales
    from categories

)

select
    categories.category,
    categories.orders,
    categories.units_sold,
    categories.sales_after_discount,
    categories.net_sales_by_order_date,
    {{ safe_divide('categories.sales_after_discount', 'totals.all_sales', 4) }} as share_of_sales,
    {{ safe_divide('categories.sales_after_discount', 'categories.units_sold', 2) }}
        as average_price_paid,
    returns.return_rate_value
from categories
cross join totals
left join {{ ref('mart_returns_by_category') }} as returns
    on categories.category = returns.category
order by 4 desc, 1 asc
