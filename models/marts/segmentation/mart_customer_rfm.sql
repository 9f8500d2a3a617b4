{# Grain: one row per customer of dim_customers, without the reserved members. Scores go by rank
   among the customers with an order in the window. #}
with

customers as (

    select * from {{ ref('fct_customer_totals') }}

),

scored as (

    select
        customer_key,
        {{ quantile_score('recency_days', 'desc') }} as recency_score,
        {{ quantile_score('frequency', 'asc') }} as frequency_score,
        {{ quantile_score('monetary', 'asc') }} as monetary_score
    from customers
    where frequency > 0

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
