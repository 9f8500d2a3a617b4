{# Grain: one row per month, slice_type and slice_name. The month 1900-01-01 holds sales and returns
   without a date. #}
{%- set goods = ['units_sold', 'gross_sales', 'discounts', 'sales_after_discount'] %}
{%- set net = ['returns', 'returns_by_order_date', 'net_sales', 'net_sales_by_order_date'] %}
{%- set charges = ['tax', 'shipping', 'total_sales_by_order_date'] %}
{#- Not NULL: MySQL 9 turns the smallest of no dates into 0000-00-00. #}
{%- set is_first_days = 'day(events.event_date) <= day(run_context.as_of_date)' %}
with

events as (

    select
        slice_type,
        slice_name,
        order_date as event_date,
        order_key,
        customer_key,
        {{ goods | join(',\n        ') }},
        0 as returns,
        returns_by_order_date,
        sales_after_discount as net_sales,
        net_sales_by_order_date,
        tax,
        shipping,
        net_sales_by_order_date + tax + shipping - refunded_tax - refunded_shipping
            as total_sales_by_order_date
    from {{ ref('fct_sales_sliced') }}

    union all

    -- Credit notes that name no order have no order basis but their own day.
    select
        slice_type,
        slice_name,
        return_date as event_date,
        null as order_key,
        null as customer_key,
        0 as {{ goods | join(',\n        0 as ') }},
        returns,
        unlinked_returns as returns_by_order_date,
        -returns as net_sales,
        -unlinked_returns as net_sales_by_order_date,
        0 as tax,
        0 as shipping,
        -unlinked_returns as total_sales_by_order_date
    from {{ ref('fct_returns_sliced') }}

),

monthly as (

    select
        events.slice_type,
        events.slice_name,
        {{ start_of_month('events.event_date') }} as month_start_date,
        {%- for measure in goods + net + charges %}
        sum(events.{{ measure }}) as {{ measure }},
        {%- endfor %}
        sum(case when {{ is_first_days }} then events.net_sales end) as first_days_net_sales,
        count(events.order_key) as orders,
        count(distinct case when events.customer_key > 0 then events.customer_key end) as customers
    from events
    cross join {{ ref('run_context') }} as run_context
    group by 1, 2, 3

),

members as (

    select
        slice_type,
        slice_name,
        min(
            case
                when month_start_date > {{ unknown_date() }} then month_start_date
                else cast('9999-12-01' as date)
            end
        ) as first_month
    from monthly
    group by 1, 2

),

months as (

    select distinct
        dates.month_start_date,
        dates.month_end_date <= run_context.as_of_date as is_complete
    from {{ ref('dim_dates') }} as dates
    cross join {{ ref('run_context') }} as run_context
    where
        dates.month_start_date >= (select min(members.first_month) from members)
        and dates.month_start_date <= run_context.as_of_date
        and not dates.is_unknown

    union

    -- Sales and returns without a date have a row of their own, so that totals add up.
    select
        month_start_date,
        false as is_complete
    from monthly
    where month_start_date = {{ unknown_date() }}

),

final as (

    select
        months.month_start_date,
        members.slice_type,
        members.slice_name,
        {%- for measure in goods + net + ['first_days_net_sales'] %}
        cast(
            coalesce(monthly.{{ measure }}, 0)
            as {{ type_integer() if measure == 'units_sold' else type_decimal(18, 4) }}
        ) as {{ measure }},
        {%- endfor %}
        {%- for measure in charges %}
        cast(
            case when members.slice_type <> 'category' then coalesce(monthly.{{ measure }}, 0) end
            as {{ type_decimal(18, 4) }}
        ) as {{ measure }},
        {%- endfor %}
        coalesce(monthly.orders, 0) as orders,
        coalesce(monthly.customers, 0) as customers,
        months.is_complete,
        months.month_start_date > {{ unknown_date() }}
        and months.month_start_date < members.first_month as is_prelaunch,
        months.month_start_date = {{ unknown_date() }} as is_undated
    from months
    cross join members
    left join monthly
        on
            months.month_start_date = monthly.month_start_date
            and members.slice_type = monthly.slice_type
            and members.slice_name = monthly.slice_name

)

select * from final
