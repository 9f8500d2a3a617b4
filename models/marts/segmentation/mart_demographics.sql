{# Grain: one row per demographic and member. Members of few customers are listed without their
   figures. #}
{%- set demographics = {
    'all': "'All customers'", 'age_group': 'age_group', 'gender': 'gender',
    'income_band': 'income_band', 'region': 'region', 'segment': 'segment',
    'age_group_and_gender': concat_text(['age_group', "', '", 'gender'])
} %}
{%- set counts = ['customers', 'buyers', 'repeat_buyers', 'orders_recognised'] %}
{%- set means = {
    'average_age': 'age', 'average_annual_income': 'annual_income',
    'average_spending_score': 'spending_score'
} %}
with

customers as (

    select
        people.age_group,
        people.gender,
        people.income_band,
        people.region,
        people.segment,
        people.age,
        people.annual_income,
        people.spending_score,
        totals.orders_recognised,
        totals.orders_qualifying,
        totals.sales_after_discount,
        totals.net_sales_by_order_date
    from {{ ref('fct_customer_totals') }} as totals
    inner join {{ ref('dim_customers') }} as people
        on totals.customer_key = people.customer_key

),

labelled as (

    {% for demographic, member in demographics.items() -%}
    select
        '{{ demographic }}' as demographic,
        {{ member }} as member,
        customers.orders_recognised,
        customers.orders_qualifying,
        customers.sales_after_discount,
        customers.net_sales_by_order_date,
        customers.{{ means.values() | join(',\n        customers.') }}
    from customers
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
),

summed as (

    select
        demographic,
        member,
        sum(case when orders_qualifying >= 1 then 1 else 0 end) as buyers,
        sum(case when orders_qualifying >= 2 then 1 else 0 end) as repeat_buyers,
        sum(orders_recognised) as orders_recognised,
        sum(sales_after_discount) as sales_after_discount,
        sum(net_sales_by_order_date) as net_sales_by_order_date,
        {%- for value in means.values() %}
        sum({{ value }}) as sum_of_{{ value }},
        count({{ value }}) as known_{{ value }},
        {%- endfor %}
        min(age) as lowest_age,
        max(age) as highest_age,
        count(*) as customers
    from labelled
    group by 1, 2

),

measured as (

    select
        summed.demographic,
        summed.member,
        {%- for measure in counts %}
        cast(summed.{{ measure }} as {{ type_integer() }}) as {{ measure }},
        {%- endfor %}
        cast(summed.net_sales_by_order_date as {{ type_decimal(18, 4) }})
            as net_sales_by_order_date,
        {{ safe_divide('summed.sales_after_discount', 'summed.orders_recognised') }}
            as average_order_value,
        {{ safe_divide('summed.net_sales_by_order_date', 'summed.customers') }}
            as net_sales_per_customer,
        {{ safe_divide('summed.repeat_buyers', 'summed.buyers') }} as repeat_rate,
        summed.lowest_age,
        summed.highest_age,
        {%- for mean, value in means.items() %}
        {{ safe_divide('summed.sum_of_' ~ value, 'summed.known_' ~ value) }} as {{ mean }},
        {%- endfor %}
        {{ safe_divide('summed.customers', 'totals.customers') }} as share_of_customers,
        {{ safe_divide('summed.net_sales_by_order_date', 'totals.net_sales_by_order_date') }}
            as share_of_net_sales,
        summed.demographic <> 'all'
        and {{ is_small_cell('summed.customers') }} as is_suppressed
    from summed
    inner join summed as totals
        on totals.demographic = 'all'

),

final as (

    select
        demographic,
        member,
        {%- for measure in counts + [
            'net_sales_by_order_date', 'average_order_value', 'net_sales_per_customer',
            'repeat_rate', 'lowest_age',
            'highest_age'
        ] + (means | list) + ['share_of_customers', 'share_of_net_sales'] %}
        case when not is_suppressed then {{ measure }} end as {{ measure }},
        {%- endfor %}
        is_suppressed
    from measured

)

select * from final
