{# The months add up to the facts, and all-time net sales are equal on both time
   bases. #}
with

mart as (

    select
        coalesce(sum(units_sold), 0) as units_sold,
        coalesce(sum(gross_sales), 0) as gross_sales,
        coalesce(sum(sales_after_discount), 0) as sales_after_discount,
        coalesce(sum(orders), 0) as orders,
        coalesce(sum(net_sales), 0) as net_sales,
        coalesce(sum(net_sales_by_order_date), 0) as net_sales_by_order_date
    from {{ ref('mart_sales_monthly') }}

),

sales as (

    select
        coalesce(sum(units_sold), 0) as units_sold,
        coalesce(sum(gross_sales), 0) as gross_sales,
        coalesce(sum(sales_after_discount), 0) as sales_after_discount,
        coalesce(sum(case when is_counted then 1 else 0 end), 0) as orders
    from {{ ref('fct_orders') }}

),

returns as (

    select coalesce(sum(returns), 0) as returns
    from {{ ref('fct_returns') }}

)

select
    mart.net_sales,
    mart.net_sales_by_order_date,
    mart.sales_after_discount as mart_sales_after_discount,
    sales.sales_after_discount as fact_sales_after_discount,
    returns.returns
from mart
cross join sales
cross join returns
where
    mart.units_sold <> sales.units_sold
    or mart.gross_sales <> sales.gross_sales
    or mart.sales_after_discount <> sales.sales_after_discount
    or mart.orders <> sales.orders
    or mart.net_sales <> sales.sales_after_discount - returns.returns
    or mart.net_sales <> mart.net_sales_by_order_date
