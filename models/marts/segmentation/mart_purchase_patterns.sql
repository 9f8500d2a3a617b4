{# Grain: one row per pattern_type and pattern_name that occurs among counted orders. #}
{%- set seasons = ['Spring', 'Summer', 'Fall', 'Winter'] %}
{#- Each band of days, its place in the list and the days that it exceeds; the last band first. -#}
{%- set day_bands = [
    ['Over 365', 6, 365], ['91 to 365', 5, 90], ['31 to 90', 4, 30], ['8 to 30', 3, 7],
    ['1 to 7', 2, 0], ['Same day', 1, -1]
] %}
{%- set pattern_types = [
    'day_of_week', 'hour_of_day', 'month_of_year', 'season', 'payment_method', 'shipping_method',
    'days_since_previous_order'
] %}
{#- Two digits: the last two of 109 are 09. -#}
{%- set hour_name = 'substr(cast(orders.order_hour + 100 as ' ~ type_text(3) ~ '), 2, 2)' %}
with

orders as (

    select * from {{ ref('fct_orders') }}
    where is_counted

),

followed as (

    select
        customer_key,
        sales_after_discount,
        net_sales_by_order_date,
        {{ days_between(
            'lag(order_date) over (partition by customer_key order by customer_order_number)',
            'order_date'
        ) }} as days_since_previous
    from orders
    where
        is_dated
        and customer_key > 0

),

banded as (

    select
        *,
        case
            {%- for band, band_number, days in day_bands %}
            when days_since_previous > {{ days }} then '{{ band }}'
            {%- endfor %}
        end as days_since_previous_order,
        case
            {%- for band, band_number, days in day_bands %}
            when days_since_previous > {{ days }} then {{ band_number }}
            {%- endfor %}
        end as days_since_previous_order_number
    from followed

),

named as (

    select
        orders.customer_key,
        orders.sales_after_discount,
        orders.net_sales_by_order_date,
        case when orders.is_dated then dates.day_name end as day_of_week,
        dates.day_of_week as day_of_week_number,
        case when orders.is_dated then {{ hour_name }} end as hour_of_day,
        orders.order_hour + 1 as hour_of_day_number,
        case when orders.is_dated then dates.month_name end as month_of_year,
        dates.month_of_year as month_of_year_number,
        orders.season,
        case orders.season
            {%- for season in seasons %}
            when '{{ season }}' then {{ loop.index }}
            {%- endfor %}
        end as season_number,
        payment_methods.payment_method,
        0 as payment_method_number,
        orders.shipping_method,
        0 as shipping_method_number
    from orders
    inner join {{ ref('dim_dates') }} as dates
        on orders.order_date_key = dates.date_key
    inner join {{ ref('dim_payment_methods') }} as payment_methods
        on orders.payment_method_key = payment_methods.payment_method_key

),

measured as (

    {% for pattern_type in pattern_types -%}
    select
        '{{ pattern_type }}' as pattern_type,
        {{ pattern_type }} as pattern_name,
        {{ pattern_type }}_number as listed_number,
        count(*) as orders,
        count(distinct case when customer_key > 0 then customer_key end) as customers,
        cast(sum(sales_after_discount) as {{ type_decimal(18, 4) }}) as sales_after_discount,
        cast(sum(net_sales_by_order_date) as {{ type_decimal(18, 4) }}) as net_sales_by_order_date
    from {{ 'banded' if pattern_type == 'days_since_previous_order' else 'named' }}
    where {{ pattern_type }} is not null
    group by 1, 2, 3
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
),

ranked as (

    select
        *,
        -- Methods have no order of their own but their names.
        row_number() over (partition by pattern_type order by listed_number, pattern_name)
            as name_number,
        sum(orders) over (partition by pattern_type) as all_orders
    from measured

),

final as (

    select
        pattern_type,
        pattern_name,
        cast(
            case when listed_number > 0 then listed_number else name_number end
            as {{ type_integer() }}
        ) as sort_order,
        orders,
        customers,
        sales_after_discount,
        net_sales_by_order_date,
        {{ safe_divide('sales_after_discount', 'orders') }} as average_order_value,
        {{ safe_divide('orders', 'all_orders') }} as share_of_orders
    from ranked

)

select * from final
