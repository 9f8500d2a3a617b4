{# Grain: one row per period_type, period_start_date, category and rank; the best products of each
   category. The period 'all' starts on 1900-01-01 and includes sales without a date. #}
{%- set best_first = 'partition by period_type, period_start_date, category
            order by net_sales_by_order_date desc, units_sold desc, product_key asc' %}
with

order_lines as (

    select * from {{ ref('fct_sales') }}
    where
        is_counted
        and product_key > 0

),

product_versions as (

    select * from {{ ref('dim_products_history') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

period_types as (

    select 'all' as period_type
    union all
    select 'year' as period_type

),

sold as (

    select
        period_types.period_type,
        case
            when period_types.period_type = 'year' then dates.year_start_date
            else {{ unknown_date() }}
        end as period_start_date,
        product_versions.category,
        order_lines.product_key,
        cast(sum(order_lines.units_sold) as {{ type_integer() }}) as units_sold,
        count(distinct order_lines.order_key) as orders,
        cast(sum(order_lines.net_sales_by_order_date) as {{ type_decimal(18, 4) }})
            as net_sales_by_order_date
    from order_lines
    inner join product_versions
        on order_lines.product_history_key = product_versions.product_history_key
    inner join {{ ref('dim_dates') }} as dates
        on order_lines.order_date = dates.calendar_date
    cross join period_types
    where period_types.period_type = 'all' or order_lines.is_dated
    group by 1, 2, 3, 4

),

categories as (

    select
        period_type,
        period_start_date,
        category,
        cast(sum(net_sales_by_order_date) as {{ type_decimal(18, 4) }}) as net_sales_by_order_date
    from sold
    group by 1, 2, 3

),

ranked as (

    select
        *,
        row_number() over (
            {{ best_first }}
        ) as category_rank,
        lead(net_sales_by_order_date) over (
            {{ best_first }}
        ) as next_net_sales_by_order_date,
        lead(units_sold) over (
            {{ best_first }}
        ) as next_units_sold
    from sold

),

final as (

    select
        ranked.period_type,
        ranked.period_start_date,
        ranked.category,
        cast(ranked.category_rank as {{ type_integer() }}) as category_rank,
        ranked.product_key,
        products.product_name,
        ranked.units_sold,
        ranked.orders,
        ranked.net_sales_by_order_date,
        case
            when categories.net_sales_by_order_date > 0
                then {{ safe_divide(
                    'ranked.net_sales_by_order_date', 'categories.net_sales_by_order_date'
                ) }}
        end as share_of_category,
        coalesce(
            ranked.category_rank = {{ var('top_products') }}
            and ranked.net_sales_by_order_date = ranked.next_net_sales_by_order_date
            and ranked.units_sold = ranked.next_units_sold,
            false
        ) as is_tied_at_cut
    from ranked
    inner join categories
        on
            ranked.period_type = categories.period_type
            and ranked.period_start_date = categories.period_start_date
            and ranked.category = categories.category
    inner join products
        on ranked.product_key = products.product_key
    where ranked.category_rank <= {{ var('top_products') }}

)

select * from final
