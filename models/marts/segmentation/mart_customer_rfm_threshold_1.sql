{# Grain: one row per customer of dim_customers, without the reserved members. Scores go by the
   fixed bounds of the seed rfm_thresholds, version threshold_1. #}
with

customers as (

    select * from {{ ref('fct_customer_totals') }}

),

-- One row: the least a value must be for each score, for recency the most.
bounds as (

    select
        max(case when metric = 'recency' and score = 2 then min_value end) as recency_2,
        max(case when metric = 'recency' and score = 3 then min_value end) as recency_3,
        max(case when metric = 'recency' and score = 4 then min_value end) as recency_4,
        max(case when metric = 'recency' and score = 5 then min_value end) as recency_5,
        max(case when metric = 'frequency' and score = 2 then min_value end) as frequency_2,
        max(case when metric = 'frequency' and score = 3 then min_value end) as frequency_3,
        max(case when metric = 'frequency' and score = 4 then min_value end) as frequency_4,
        max(case when metric = 'frequency' and score = 5 then min_value end) as frequency_5,
        max(case when metric = 'monetary' and score = 2 then min_value end) as monetary_2,
        max(case when metric = 'monetary' and score = 3 then min_value end) as monetary_3,
        max(case when metric = 'monetary' and score = 4 then min_value end) as monetary_4,
        max(case when metric = 'monetary' and score = 5 then min_value end) as monetary_5
    from {{ ref('rfm_thresholds') }}
    where method_version = 'threshold_1'

),

scored as (

    select
        customers.customer_key,
        cast(
            case
                when customers.recency_days <= bounds.recency_5 then 5
                when customers.recency_days <= bounds.recency_4 then 4
                when customers.recency_days <= bounds.recency_3 then 3
                when customers.recency_days <= bounds.recency_2 then 2
                else 1
            end as {{ type_integer() }}
        ) as recency_score,
        cast(
            case
                when customers.frequency >= bounds.frequency_5 then 5
                when customers.frequency >= bounds.frequency_4 then 4
                when customers.frequency >= bounds.frequency_3 then 3
                when customers.frequency >= bounds.frequency_2 then 2
                else 1
            end as {{ type_integer() }}
        ) as frequency_score,
        cast(
            case
                when customers.monetary >= bounds.monetary_5 then 5
                when customers.monetary >= bounds.monetary_4 then 4
                when customers.monetary >= bounds.monetary_3 then 3
                when customers.monetary >= bounds.monetary_2 then 2
                else 1
            end as {{ type_integer() }}
        ) as monetary_score
    from customers
    cross join bounds
    where customers.frequency > 0

),

celled as (

    select
        *,
        {{ rfm_cell() }} as rfm_cell
    from scored

),

final as (

    select
        customers.customer_key,
        run_context.as_of_date,
        customers.source_system,
        {{ rfm_segment() }} as rfm_segment,
        celled.rfm_cell,
        celled.recency_score,
        celled.frequency_score,
        celled.monetary_score,
        customers.recency_days,
        customers.frequency,
        customers.purchase_days,
        customers.monetary,
        customers.orders_recognised,
        customers.orders_qualifying,
        customers.has_only_returned_orders
    from customers
    cross join {{ ref('run_context') }} as run_context
    left join celled
        on customers.customer_key = celled.customer_key
    left join {{ ref('rfm_segments') }} as segments
        on celled.rfm_cell = cast(segments.rfm_cell as {{ type_text(3) }})

)

select * from final
