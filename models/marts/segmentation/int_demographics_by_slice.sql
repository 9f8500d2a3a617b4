{# Grain: one row per demographic, member and second_member. Members of few customers are listed
   without their figures. #}
with

demographics as (

    select 'all' as demographic

    union all

    select 'age_group' as demographic

    union all

    select 'gender' as demographic

    union all

    select 'income_band' as demographic

    union all

    select 'region' as demographic

    union all

    select 'segment' as demographic

    union all

    select 'age_group_and_gender' as demographic

),

-- Each customer once for each demographic.
customers as (

    select
        demographics.demographic,
        case demographics.demographic
            when 'all' then 'All customers'
            when 'age_group' then people.age_group
            when 'gender' then people.gender
            when 'income_band' then people.income_band
            when 'region' then people.region
            when 'segment' then people.segment
            when 'age_group_and_gender' then people.age_group
        end as member,
        case
            when demographics.demographic = 'age_group_and_gender' then people.gender
            else 'All'
        end as second_member,
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
    cross join demographics

),

summed as (

    select
        demographic,
        member,
        second_member,
        count(*) as customers,
        sum(case when orders_qualifying >= 1 then 1 else 0 end) as buyers,
        sum(case when orders_qualifying >= 2 then 1 else 0 end) as repeat_buyers,
        sum(orders_recognised) as orders_recognised,
        sum(sales_after_discount) as sales_after_discount,
        sum(net_sales_by_order_date) as net_sales_by_order_date,
        min(age) as lowest_age,
        max(age) as highest_age,
        {{ safe_divide('sum(age)', 'count(age)') }} as average_age,
        {{ safe_divide('sum(annual_income)', 'count(annual_income)') }} as average_annual_income,
        {{ safe_divide('sum(spending_score)', 'count(spending_score)') }} as average_spending_score
    from customers
    group by 1, 2, 3

),

-- What may be shown.
shown as (

    select *
    from summed
    where
        demographic = 'all'
        or not {{ is_small_cell('customers') }}

),

final as (

    select
        summed.demographic,
        summed.member,
        summed.second_member,
        cast(shown.customers as {{ type_integer() }}) as customers,
        cast(shown.buyers as {{ type_integer() }}) as buyers,
        cast(shown.repeat_buyers as {{ type_integer() }}) as repeat_buyers,
        cast(shown.orders_recognised as {{ type_integer() }}) as orders_recognised,
        cast(shown.net_sales_by_order_date as {{ type_decimal(18, 4) }}) as net_sales_by_order_date,
        {{ safe_divide('shown.sales_after_discount', 'shown.orders_recognised') }}
            as average_order_value,
        {{ safe_divide('shown.net_sales_by_order_date', 'shown.customers') }}
            as net_sales_per_customer,
        {{ safe_divide('shown.repeat_buyers', 'shown.buyers') }} as repeat_rate,
        shown.lowest_age,
        shown.highest_age,
        shown.average_age,
        shown.average_annual_income,
        shown.average_spending_score,
        {{ safe_divide('shown.customers', 'everyone.customers') }} as share_of_customers,
        {{ safe_divide('shown.net_sales_by_order_date', 'everyone.net_sales_by_order_date') }}
            as share_of_net_sales,
        shown.demographic is null as is_suppressed
    from summed
    inner join summed as everyone
        on everyone.demographic = 'all'
    left join shown
        on
            summed.demographic = shown.demographic
            and summed.member = shown.member
            and summed.second_member = shown.second_member

)

select * from final
