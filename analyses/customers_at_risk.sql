{# Which good customers are slipping away? The 50 who spent most among those with a high monetary
   score (4 or 5) and a low recency score (1 or 2): they used to buy and have not been seen for
   recency_days. Those who complained come with open_complaints; call them first. #}
with

complaints as (

    select
        customer_key,
        count(*) as open_complaints
    from {{ ref('fct_support_tickets') }}
    where
        is_complaint
        and not is_resolved
    group by 1

)

select
    rfm.customer_key,
    rfm.rfm_segment,
    rfm.rfm_cell,
    customers.region,
    customers.segment,
    rfm.monetary,
    rfm.frequency,
    rfm.recency_days,
    coalesce(complaints.open_complaints, 0) as open_complaints,
    customers.is_subscriber
from {{ ref('mart_customer_rfm') }} as rfm
inner join {{ ref('dim_customers') }} as customers
    on rfm.customer_key = customers.customer_key
left join complaints
    on rfm.customer_key = complaints.customer_key
where
    rfm.monetary_score >= 4
    and rfm.recency_score <= 2
    and not customers.is_erased
order by 6 desc, 1 asc
limit 50
