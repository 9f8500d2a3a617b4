{# On each day the members of every slice type add up to all sales, for the measures that may be
   added. #}
with

slices as (

    select
        calendar_date,
        slice_type,
        sum(units_sold) as units_sold,
        sum(gross_sales) as gross_sales,
        sum(discounts) as discounts,
        sum(sales_after_discount) as sales_after_discount,
        sum(returns) as returns,
        sum(returns_by_order_date) as returns_by_order_date,
        sum(net_sales) as net_sales,
        sum(net_sales_by_order_date) as net_sales_by_order_date
    from {{ ref('fct_sales_by_day') }}
    group by 1, 2

)

select
    slices.calendar_date,
    slices.slice_type
from slices
inner join slices as totals
    on
        slices.calendar_date = totals.calendar_date
        and totals.slice_type = 'all'
where
    slices.units_sold <> totals.units_sold
    or slices.gross_sales <> totals.gross_sales
    or slices.discounts <> totals.discounts
    or slices.sales_after_discount <> totals.sales_after_discount
    or slices.returns <> totals.returns
    or slices.returns_by_order_date <> totals.returns_by_order_date
    or slices.net_sales <> totals.net_sales
    or slices.net_sales_by_order_date <> totals.net_sales_by_order_date
