{# Grain: one row per cohort_month and months_since_first_order, from 0 to the month of
   as_of_date. #}
with

cohort_months as (

    select
        cohort_month,
        months_since_first_order,
        month_start_date,
        is_complete,
        sum(case when orders > 0 then 1 else 0 end) as retained_customers,
        sum(case when qualifying_orders > 0 then 1 else 0 end) as retained_kept_customers,
        cast(sum(net_sales_by_order_date) as {{ type_decimal(18, 4) }}) as net_sales_by_order_date,
        cast(sum(cumulative_net_sales_by_order_date) as {{ type_decimal(18, 4) }})
            as cumulative_net_sales_by_order_date,
        count(*) as cohort_size
    from {{ ref('fct_customer_months') }}
    group by 1, 2, 3, 4

),

final as (

    select
        cohort_month,
        months_since_first_order,
        month_start_date,
        cohort_size,
        cast(retained_customers as {{ type_integer() }}) as retained_customers,
        cast(retained_kept_customers as {{ type_integer() }}) as retained_kept_customers,
        {{ safe_divide('retained_customers', 'cohort_size') }} as retention_rate,
        {{ safe_divide('retained_kept_customers', 'cohort_size') }} as retention_rate_kept,
        net_sales_by_order_date,
        cumulative_net_sales_by_order_date,
        {{ safe_divide('cumulative_net_sales_by_order_date', 'cohort_size') }}
            as cumulative_net_sales_per_customer,
        is_complete
    from cohort_months

)

select * from final
