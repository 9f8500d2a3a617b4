{# Grain: one row per customer and month, those of fct_customer_months. Customers are scored within
   each month, among those with a qualifying order in the twelve months that end with it. #}
with

customer_months as (

    select
        customer_key,
        month_start_date,
        last_qualifying_date,
        -- An order of which nothing was kept has no net sales: this is the sum of qualifying ones.
        cast(
            sum(net_sales_by_order_date) over (
                partition by customer_key
                order by month_start_date
                rows between 11 preceding and current row
            ) as {{ type_decimal(18, 4) }}
        ) as monetary_12_months,
        cast(
            sum(qualifying_orders) over (
                partition by customer_key
                order by month_start_date
                rows between 11 preceding and current row
            ) as {{ type_integer() }}
        ) as orders_12_months
    from {{ ref('fct_customer_months') }}

),

segments as (

    select * from {{ ref('rfm_segments') }}

),

flagged as (

    select
        *,
        case when orders_12_months > 0 then 1 else 0 end as is_scored
    from customer_months

),

scored as (

    select
        *,
        {{ quantile_score(
            'last_qualifying_date', 'asc', partition_by='month_start_date, is_scored'
        ) }} as recency_score,
        {{ quantile_score(
            'orders_12_months', 'asc', partition_by='month_start_date, is_scored'
        ) }} as frequency_score,
        {{ quantile_score(
            'monetary_12_months', 'asc', partition_by='month_start_date, is_scored'
        ) }} as monetary_score
    from flagged

),

celled as (

    select
        *,
        case when is_scored = 1 then {{ rfm_cell() }} end as rfm_cell
    from scored

),

final as (

    select
        celled.customer_key,
        celled.month_start_date,
        case
            when celled.is_scored = 1 then segments.rfm_segment
            when celled.last_qualifying_date is not null then 'Dormant'
            else 'Prospect'
        end as rfm_segment,
        celled.rfm_cell,
        case when celled.is_scored = 1 then celled.recency_score end as recency_score,
        case when celled.is_scored = 1 then celled.frequency_score end as frequency_score,
        case when celled.is_scored = 1 then celled.monetary_score end as monetary_score,
        celled.orders_12_months,
        celled.monetary_12_months
    from celled
    left join segments
        on celled.rfm_cell = cast(segments.rfm_cell as {{ type_text(3) }})

)

select * from final
