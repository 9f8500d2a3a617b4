{# Do those who earn more also spend more? One row per income band and band of the spending score
   (1 to 100, as the shop scores it), with what the customers really bought. Where net sales per
   customer do not follow the score, the score is not worth much; income without spending is where
   there is something to win. Groups of fewer than minimum_cell_customers customers are left out. #}
with

spent as (

    select
        customer_key,
        count(*) as orders,
        sum(net_sales_by_order_date) as net_sales_by_order_date
    from {{ ref('fct_orders') }}
    where is_counted
    group by 1

),

scored as (

    select
        customers.income_band,
        case
            when customers.spending_score is null then 'Unknown'
            when customers.spending_score < 34 then 'Low'
            when customers.spending_score < 67 then 'Middle'
            else 'High'
        end as spending_band,
        customers.annual_income,
        coalesce(spent.orders, 0) as orders,
        coalesce(spent.net_sales_by_order_date, 0) as net_sales_by_order_date
    from {{ ref('dim_customers') }} as customers
    left join spent
        on customers.customer_key = spent.customer_key
    where not customers.is_reserved

)

select
    income_band,
    spending_band,
    count(*) as customers,
    sum(case when orders > 0 then 1 else 0 end) as buyers,
    {{ safe_divide('sum(annual_income)', 'count(annual_income)', 2) }} as average_annual_income,
    {{ safe_divide('sum(orders)', 'count(*)', 2) }} as orders_per_customer,
    {{ safe_divide('sum(net_sales_by_order_date)', 'count(*)', 2) }} as net_sales_per_customer
from scored
group by 1, 2
having count(*) >= {{ var('minimum_cell_customers') }}
order by 5, 1, 2
