{# Grain: one row, all customers of dim_customers without the reserved members. #}
select
    run_context.as_of_date,
    slices.customers,
    slices.buyers,
    slices.repeat_buyers,
    slices.orders_recognised,
    slices.net_sales_by_order_date,
    slices.average_order_value,
    slices.net_sales_per_customer,
    slices.repeat_rate,
    slices.lowest_age,
    slices.highest_age,
    slices.average_age,
    slices.average_annual_income,
    slices.average_spending_score
from {{ ref('int_demographics_by_slice') }} as slices
cross join {{ ref('run_context') }} as run_context
where slices.demographic = 'all'
