{# In each month the members of every slice type add up to all sales, for the measures that may be
   added. #}
{{ config(group='marts') }}
with

slices as (

    select
        month_start_date,
        slice_type,
        sum(units_sold) as units_sold,
        sum(sales_after_discount) as sales_after_discount,
        sum(returns) as returns,
        sum(net_sales) as net_sales,
        sum(net_sales_by_order_date) as net_sales_by_order_date,
        sum(share_of_total) as share_of_total
    from {{ ref('int_sales_monthly_by_slice') }}
    group by 1, 2

)

select
    slices.month_start_date,
    slices.slice_type
from slices
inner join slices as totals
    on
        slices.month_start_date = totals.month_start_date
        and totals.slice_type = 'all'
where
    slices.units_sold <> totals.units_sold
    or slices.sales_after_discount <> totals.sales_after_discount
    or slices.returns <> totals.returns
    or slices.net_sales <> totals.net_sales
    or slices.net_sales_by_order_date <> totals.net_sales_by_order_date
    or abs(slices.share_of_total - 1) > 0.000001
