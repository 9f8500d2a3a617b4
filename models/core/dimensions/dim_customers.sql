{# Grain: one row per customer as known today, and the reserved members unknown (-1), guest (-2). #}
with

customers as (

    select * from {{ ref('int_customers_unified') }}

),

run_context as (

    select * from {{ ref('run_context') }}

),

erased as (

    select
        source_system,
        customer_id
    from {{ ref('int_customer_changes_screened') }}
    where row_outcome = 'accepted'
    group by 1, 2
    having max(case when is_deleted then change_sequence end) = max(change_sequence)

),

aged as (

    select
        customers.*,
        coalesce(
            {{ full_years_between('customers.birth_date', 'run_context.as_of_date') }},
            customers.declared_age
        ) as stated_age
    from customers
    cross join run_context

),

valid_aged as (

    select
        customer_key,
        stated_age as age,
        {{ quantile_score('stated_age', 'asc', 4) }} as age_quantile
    from aged
    where stated_age between 13 and 110

),

known as (

    select
        aged.customer_key,
        {{ geography_key('aged.country', 'aged.region', 'aged.state', 'aged.city') }}
            as geography_key,
        aged.source_system,
        aged.customer_id,
        coalesce(aged.gender, 'Unknown') as gender,
        case valid_aged.age_quantile
            when 1 then 'Young Adult'
            when 2 then 'Adult'
            when 3 then 'Middle-aged'
            when 4 then 'Senior'
            else 'Unknown'
        end as age_group,
        case
            when aged.annual_income is null then 'Unknown'
            when aged.annual_income < 30000 then 'Under 30,000'
            when aged.annual_income < 60000 then '30,000 to 59,999'
            when aged.annual_income < 90000 then '60,000 to 89,999'
            else '90,000 and more'
        end as income_band,
        coalesce(aged.segment, 'Unknown') as segment,
        case
            when aged.previous_purchase_count is null then 'Unknown'
            when aged.previous_purchase_count = 0 then 'Prospect'
            when aged.previous_purchase_count <= {{ var('loyalty_new_orders') }} then 'New'
            when aged.previous_purchase_count <= {{ var('loyalty_returning_orders') }}
                then 'Returning'
            else 'Loyal'
        end as loyalty_declared,
        coalesce(aged.region, 'Unknown') as region,
        coalesce(aged.state, 'Unknown') as state,
        valid_aged.age,
        cast(aged.annual_income as {{ type_decimal(18, 2) }}) as annual_income,
        cast(aged.spending_score as {{ type_decimal(18, 2) }}) as spending_score,
        aged.previous_purchase_count,
        frequencies.purchase_frequency_days,
        aged.is_subscriber,
        aged.is_inferred,
        erased.customer_id is not null as is_erased,
        false as is_reserved,
        cast(aged.registered_at_utc as date) as registered_date
    from aged
    left join valid_aged
        on aged.customer_key = valid_aged.customer_key
    left join {{ ref('purchase_frequency_map') }} as frequencies
        on aged.purchase_frequency = frequencies.purchase_frequency
    left join erased
        on
            aged.source_system = erased.source_system
            and aged.customer_id = erased.customer_id

),

final as (

    select * from known

    union all

    select
        -1 as customer_key,
        -1 as geography_key,
        'all' as source_system,
        'Unknown' as customer_id,
        'Unknown' as gender,
        'Unknown' as age_group,
        'Unknown' as income_band,
        'Unknown' as segment,
        'Unknown' as loyalty_declared,
        'Unknown' as region,
        'Unknown' as state,
        null as age,
        null as annual_income,
        null as spending_score,
        null as previous_purchase_count,
        null as purchase_frequency_days,
        false as is_subscriber,
        false as is_inferred,
        false as is_erased,
        true as is_reserved,
        null as registered_date

    union all

    select
        -2 as customer_key,
        -1 as geography_key,
        'all' as source_system,
        'Guest' as customer_id,
        'Unknown' as gender,
        'Unknown' as age_group,
        'Unknown' as income_band,
        'Guest' as segment,
        'Unknown' as loyalty_declared,
        'Unknown' as region,
        'Unknown' as state,
        null as age,
        null as annual_income,
        null as spending_score,
        null as previous_purchase_count,
        null as purchase_frequency_days,
        false as is_subscriber,
        false as is_inferred,
        false as is_erased,
        true as is_reserved,
        null as registered_date

)

select * from final
