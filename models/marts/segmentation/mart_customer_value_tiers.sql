{# Grain: one row per customer of dim_customers, without the reserved members. #}
{%- set tiers = [
    ['High', var('value_tier_high_share')], ['Medium', var('value_tier_medium_share')]
] %}
{%- set ordered = 'order by monetary desc, customer_key asc' %}
{%- set frame = 'over (' ~ ordered ~ ' rows between unbounded preceding' %}
with

customers as (

    select
        customer_key,
        monetary
    from {{ ref('fct_customer_totals') }}

),

summed as (

    select
        customer_key,
        monetary,
        row_number() over ({{ ordered }}) as monetary_number,
        sum(monetary) {{ frame }} and current row) as monetary_so_far,
        sum(monetary) {{ frame }} and unbounded following) as total_monetary
    from customers

),

typed as (

    select
        customer_key,
        monetary,
        cast(monetary_number as {{ type_integer() }}) as monetary_number,
        cast(monetary_so_far - monetary as {{ type_decimal(18, 4) }}) as monetary_before,
        cast(total_monetary as {{ type_decimal(20, 4) }}) as total_monetary
    from summed

),

final as (

    select
        customer_key,
        case
            {%- for value_tier, share in tiers %}
            when
                monetary > 0
                and monetary_before < total_monetary * cast({{ share }} as {{ type_decimal(6, 4) }})
                then '{{ value_tier }}'
            {%- endfor %}
            else 'Low'
        end as value_tier,
        monetary_number,
        monetary,
        monetary_before,
        {{ safe_divide('monetary_before', 'total_monetary') }} as share_before
    from typed

)

select * from final
