{# Grain: one row per period_type, period_start_date and rank; the best customers of each period.
   The period 'all' starts on 1900-01-01 and includes orders without a date. #}
{%- set best_first = 'partition by period_type, period_start_date
            order by net_sales_by_order_date desc, orders desc, customer_key asc' %}
with

orders as (

    select * from {{ ref('fct_orders') }}
    where is_counted

),

customers as (

    select * from {{ ref('dim_customers') }}

),

period_types as (

    select 'all' as period_type
    union all
    select 'year' as period_type

),

bought as (

    select
        period_types.period_type,
        case
            when period_types.period_type = 'year' then dates.year_start_date
            else {{ unknown_date() }}
        end as period_start_date,
        orders.customer_key,
        count(*) as orders,
        cast(sum(orders.units_sold) as {{ type_integer() }}) as units_sold,
        cast(sum(orders.sales_after_discount) as {{ type_decimal(18, 4) }}) as sales_after_discount,
        cast(sum(orders.net_sales_by_order_date) as {{ type_decimal(18, 4) }})
            as net_sales_by_order_date
    from orders
    inner join {{ ref('dim_dates') }} as dates
        on orders.order_date = dates.calendar_date
    cross join period_types
    where period_types.period_type = 'all' or orders.is_dated
    group by 1, 2, 3

),

periods as (

    -- Guests and unknown customers are part of the total.
    select
        period_type,
        period_start_date,
        cast(sum(net_sales_by_order_date) as {{ type_decimal(18, 4) }}) as net_sales_by_order_date
    from bought
    group by 1, 2

),

ranked as (

    select
        *,
        row_number() over (
            {{ best_first }}
        ) as customer_rank,
        lead(net_sales_by_order_date) over (
            {{ best_first }}
        ) as next_net_sales_by_order_date
    from bought
    where customer_key > 0

),

final as (

    select
        ranked.period_type,
        ranked.period_start_date,
        cast(ranked.customer_rank as {{ type_integer() }}) as customer_rank,
        ranked.customer_key,
        customers.region,
        customers.age_group,
        customers.segment,
        ranked.orders,
        ranked.units_sold,
        ranked.sales_after_discount,
        ranked.net_sales_by_order_date,
        {{ safe_divide('ranked.sales_after_discount', 'ranked.orders') }} as average_order_value,
        case
            when periods.net_sales_by_order_date > 0
                then {{ safe_divide(
                    'ranked.net_sales_by_order_date', 'periods.net_sales_by_order_date'
                ) }}
        end as share_of_total,
        coalesce(
            ranked.customer_rank = {{ var('top_customers') }}
            and ranked.net_sales_by_order_date = ranked.next_net_sales_by_order_date,
            false
        ) as is_tied_at_cut
    from ranked
    inner join periods
        on
            ranked.period_type = periods.period_type
            and ranked.period_start_date = periods.period_start_date
    inner join customers
        on ranked.customer_key = customers.customer_key
    where ranked.customer_rank <= {{ var('top_customers') }}

)

select * from final
