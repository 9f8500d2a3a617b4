{# Grain: one row per period_type, period_start_date and rank; the best customers of each period.
   The period 'all' starts on 1900-01-01 and includes orders without a date. #}
{%- set year_start = add_months(start_of_month('order_date'), '1 - month(order_date)') %}
{%- set starts = {'all': unknown_date(), 'year': year_start} %}
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

bought as (

    {% for period_type, start in starts.items() -%}
    select
        '{{ period_type }}' as period_type,
        {{ start }} as period_start_date,
        customer_key,
        count(*) as orders,
        cast(sum(units_sold) as {{ type_integer() }}) as units_sold,
        cast(sum(sales_after_discount) as {{ type_decimal(18, 4) }}) as sales_after_discount,
        cast(sum(net_sales_by_order_date) as {{ type_decimal(18, 4) }}) as net_sales_by_order_date
    from orders
    where {{ '1 = 1' if period_type == 'all' else 'is_dated' }}
    group by 1, 2, 3
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
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
