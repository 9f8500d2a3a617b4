{# Grain: one row per region in which customers live. #}
select
    member as region,
    customers,
    buyers,
    repeat_buyers,
    orders_recognised,
    net_sales_by_order_date,
    average_order_value,
    net_sales_per_customer,
    repeat_rate,
    lowest_age,
    highest_age,
    average_age,
    average_annual_income,
    average_spending_score,
    share_of_customers,
    share_of_net_sales,
    is_suppressed
from {{ ref('int_demographics_by_slice') }}
where demographic = 'region'
