{# Grain: one row per day, slice_type and slice_name. The day 1900-01-01 holds sales and returns
   without a date. #}
{%- set goods = ['units_sold', 'gross_sales', 'discounts', 'sales_after_discount'] %}
with

events as (

    select
        order_date as calendar_date,
        slice_type,
        slice_name,
        {%- for measure in goods %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        0 as returns,
        sum(returns_by_order_date) as returns_by_order_date,
        count(*) as orders,
        count(distinct case when customer_key > 0 then customer_key end) as customers
    from {{ ref('fct_sales_sliced') }}
    group by 1, 2, 3

    union all

    -- Credit notes that name no order have no order basis but their own day.
    select
        return_date as calendar_date,
        slice_type,
        slice_name,
        0 as {{ goods | join(',\n        0 as ') }},
        sum(returns) as returns,
        sum(unlinked_returns) as returns_by_order_date,
        0 as orders,
        0 as customers
    from {{ ref('fct_returns_sliced') }}
    group by 1, 2, 3

),

daily as (

    select
        calendar_date,
        slice_type,
        slice_name,
        {%- for measure in goods + ['returns', 'returns_by_order_date'] %}
        cast(
            sum({{ measure }})
            as {{ type_integer() if measure == 'units_sold' else type_decimal(18, 4) }}
        ) as {{ measure }},
        {%- endfor %}
        cast(sum(orders) as {{ type_integer() }}) as orders,
        cast(sum(customers) as {{ type_integer() }}) as customers
    from events
    group by 1, 2, 3

),

members as (

    -- Not NULL: MySQL 9 turns the smallest of no dates into 0000-00-00.
    select
        slice_type,
        slice_name,
        min(
            case
                when calendar_date > {{ unknown_date() }} then calendar_date
                else cast('9999-12-31' as date)
            end
        ) as first_date
    from daily
    group by 1, 2

),

days as (

    select dates.calendar_date
    from {{ ref('dim_dates') }} as dates
    cross join {{ ref('run_context') }} as run_context
    where
        dates.calendar_date >= (select min(members.first_date) from members)
        and dates.calendar_date <= run_context.as_of_date
        and not dates.is_unknown

    union

    -- Sales and returns without a date have a row of their own, so that totals add up.
    select calendar_date
    from daily
    where calendar_date = {{ unknown_date() }}

),

final as (

    select
        days.calendar_date,
        members.slice_type,
        members.slice_name,
        {%- for measure in goods + ['returns', 'returns_by_order_date'] %}
        coalesce(daily.{{ measure }}, 0) as {{ measure }},
        {%- endfor %}
        cast(
            coalesce(daily.sales_after_discount - daily.returns, 0) as {{ type_decimal(18, 4) }}
        ) as net_sales,
        cast(
            coalesce(daily.sales_after_discount - daily.returns_by_order_date, 0)
            as {{ type_decimal(18, 4) }}
        ) as net_sales_by_order_date,
        coalesce(daily.orders, 0) as orders,
        coalesce(daily.customers, 0) as customers,
        days.calendar_date > {{ unknown_date() }}
        and days.calendar_date < members.first_date as is_prelaunch,
        days.calendar_date = {{ unknown_date() }} as is_undated
    from days
    cross join members
    left join daily
        on
            days.calendar_date = daily.calendar_date
            and members.slice_type = daily.slice_type
            and members.slice_name = daily.slice_name

)

select * from final
