{# Grain: one row per customer segment. #}
with

summed as (

    select
        customers.segment,
        count(*) as customers,
        cast(sum(totals.orders_qualifying) as {{ type_integer() }}) as orders_qualifying,
        cast(sum(totals.net_sales_by_order_date) as {{ type_decimal(18, 4) }})
            as net_sales_by_order_date,
        sum(case when totals.tenure_days >= 365 then 1 else 0 end) as mature_customers,
        sum(case when totals.tenure_days >= 365 and totals.recency_days < 365 then 1 else 0 end)
            as retained_mature_customers
    from {{ ref('fct_customer_totals') }} as totals
    inner join {{ ref('dim_customers') }} as customers
        on totals.customer_key = customers.customer_key
    group by 1

),

population as (

    select
        sum(mature_customers) as mature_customers,
        sum(retained_mature_customers) as retained_mature_customers
    from summed

),

based as (

    select
        summed.*,
        case
            when
                summed.mature_customers >= 30
                and summed.retained_mature_customers < summed.mature_customers
                then 'segment'
            when population.retained_mature_customers < population.mature_customers
                then 'population'
            else 'cap'
        end as lifetime_basis,
        1 - {{ safe_divide('summed.retained_mature_customers', 'summed.mature_customers') }}
            as segment_churn_rate,
        1 - {{ safe_divide('population.retained_mature_customers', 'population.mature_customers') }}
            as population_churn_rate
    from summed
    cross join population

),

churned as (

    select
        *,
        cast(
            case lifetime_basis
                when 'segment' then segment_churn_rate
                when 'population' then population_churn_rate
            end as {{ type_decimal(18, 6) }}
        ) as churn_rate
    from based

),

final as (

    select
        segment,
        lifetime_basis,
        customers,
        orders_qualifying,
        net_sales_by_order_date,
        {{ safe_divide('net_sales_by_order_date', 'orders_qualifying') }}
            as segment_average_order_value_net,
        cast(mature_customers as {{ type_integer() }}) as mature_customers,
        cast(retained_mature_customers as {{ type_integer() }}) as retained_mature_customers,
        churn_rate,
        cast(
            case
                when churn_rate * 5 > 1
                    -- safe_divide reads four decimals, a churn rate has six.
                    then {{ safe_divide('1000000', 'churn_rate * 1000000') }}
                else 5
            end as {{ type_decimal(18, 6) }}
        ) as lifetime_years
    from churned

)

select * from final
