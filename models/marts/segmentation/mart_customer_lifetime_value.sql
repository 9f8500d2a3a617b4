{# Grain: one row per customer of dim_customers, without the reserved members. Numbers of six
   decimals are multiplied before they are divided, because safe_divide reads four. #}
{%- set shrinkage_orders = 3 %}
with

joined as (

    select
        totals.customer_key,
        lifetimes.segment,
        lifetimes.lifetime_basis,
        totals.orders_qualifying,
        totals.net_sales_ord,
        cast(
            case
                when totals.tenure_days > 365 then {{ safe_divide('totals.tenure_days', 365) }}
                else 1
            end as {{ type_decimal(18, 6) }}
        ) as tenure_years,
        lifetimes.segment_aov_net,
        lifetimes.mature_customers,
        lifetimes.retained_mature_customers,
        lifetimes.churn_rate,
        lifetimes.lifetime_years,
        {{ safe_divide('totals.gross_margin', 'totals.net_sales_with_cost') }} as margin_rate
    from {{ ref('fct_customer_totals') }} as totals
    inner join {{ ref('dim_customers') }} as customers
        on totals.customer_key = customers.customer_key
    inner join {{ ref('mart_segment_lifetimes') }} as lifetimes
        on customers.segment = lifetimes.segment

),

measured as (

    select
        *,
        {{ safe_divide('net_sales_ord', 'orders_qualifying') }} as aov_net,
        case
            when orders_qualifying > 0
                then {{ safe_divide('orders_qualifying * 1000000', 'tenure_years * 1000000') }}
        end as orders_per_year,
        case
            when orders_qualifying > 0
                then {{ safe_divide(
                    'cast(net_sales_ord + ' ~ shrinkage_orders ~ ' * segment_aov_net as '
                    ~ type_decimal(28, 6) ~ ') * 100',
                    '(orders_qualifying + ' ~ shrinkage_orders ~ ') * 100'
                ) }}
        end as aov_shrunk,
        case when margin_rate is null then 'revenue' else 'margin' end as clv_basis,
        coalesce(margin_rate, 1) as used_margin_rate
    from joined

),

yearly as (

    select
        *,
        {{ rounded_product('aov_shrunk', 'orders_per_year') }} as net_sales_of_year
    from measured

),

predicted as (

    select
        *,
        {{ rounded_product('net_sales_of_year', 'lifetime_years') }} as net_sales_of_lifetime
    from yearly

),

final as (

    select
        customer_key,
        segment,
        lifetime_basis,
        clv_basis,
        orders_qualifying,
        net_sales_ord,
        aov_net,
        tenure_years,
        orders_per_year,
        segment_aov_net,
        aov_shrunk,
        mature_customers,
        retained_mature_customers,
        churn_rate,
        lifetime_years,
        cast(used_margin_rate as {{ type_decimal(18, 6) }}) as margin_rate,
        {{ rounded_product('net_sales_ord', 'used_margin_rate') }} as clv_historic,
        {{ rounded_product('net_sales_of_lifetime', 'used_margin_rate') }} as clv_predicted
    from predicted

)

select * from final
