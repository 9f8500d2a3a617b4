{# Grain: one row per customer of dim_customers, without the reserved members. #}
with

customers as (

    select
        customer_key,
        value_tier,
        monetary_number,
        monetary,
        monetary_before,
        sum(monetary) over () as total_monetary
    from {{ ref('fct_customer_totals') }}

),

final as (

    select
        customer_key,
        value_tier,
        monetary_number,
        monetary,
        monetary_before,
        {{ safe_divide('monetary_before', 'total_monetary') }} as share_before
    from customers

)

select * from final
