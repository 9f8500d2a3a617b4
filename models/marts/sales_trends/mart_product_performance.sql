{# Grain: one row per product, sold or not, over all its counted order lines. #}
{%- set best_first =
    'order by net_sales_by_order_date desc, units_sold desc, product_key asc' %}
with

sales as (

    select
        sales.*,
        case
            when
                sales.is_dated
                then {{ days_between('sales.order_date', 'run_context.as_of_date') }}
        end as days_ago
    from {{ ref('fct_sales') }} as sales
    cross join {{ ref('run_context') }} as run_context
    where sales.is_counted

),

totals as (

    select
        product_key,
        sum(units_sold) as units_sold,
        sum(returned_units) as returned_units,
        sum(case when is_mature then units_sold end) as mature_units,
        sum(case when is_mature then returned_units end) as mature_returned_units,
        count(distinct order_key) as orders,
        count(distinct case when customer_key > 0 then customer_key end) as customers,
        sum(gross_sales) as gross_sales,
        sum(discounts) as discounts,
        sum(sales_after_discount) as sales_after_discount,
        sum(returns_by_order_date) as returns_by_order_date,
        sum(net_sales_by_order_date) as net_sales_by_order_date,
        sum(case when days_ago < 90 then net_sales_by_order_date end) as net_sales_last_90_days,
        sum(case when days_ago between 90 and 179 then net_sales_by_order_date end)
            as net_sales_prior_90_days,
        sum(net_sales_by_order_date - cost_of_kept_units) as gross_margin,
        min(days_ago) as days_since_last_sale,
        -- Not NULL: MySQL 9 turns the smallest of no dates into 0000-00-00.
        min(case when is_dated then order_date else cast('9999-12-31' as date) end) as first_date,
        max(case when is_dated then order_date end) as last_sale_date
    from sales
    group by 1

),

measured as (

    select
        products.product_key,
        products.source_system,
        products.product_name,
        products.category,
        products.sub_category,
        products.list_price,
        products.is_gift_card,
        cast(coalesce(totals.units_sold, 0) as {{ type_integer() }}) as units_sold,
        cast(coalesce(totals.returned_units, 0) as {{ type_integer() }}) as returned_units,
        cast(coalesce(totals.mature_units, 0) as {{ type_integer() }}) as mature_units,
        cast(coalesce(totals.mature_returned_units, 0) as {{ type_integer() }})
            as mature_returned_units,
        cast(coalesce(totals.orders, 0) as {{ type_integer() }}) as orders,
        cast(coalesce(totals.customers, 0) as {{ type_integer() }}) as customers,
        cast(coalesce(totals.gross_sales, 0) as {{ type_decimal(18, 4) }}) as gross_sales,
        cast(coalesce(totals.discounts, 0) as {{ type_decimal(18, 4) }}) as discounts,
        cast(coalesce(totals.sales_after_discount, 0) as {{ type_decimal(18, 4) }})
            as sales_after_discount,
        cast(coalesce(totals.returns_by_order_date, 0) as {{ type_decimal(18, 4) }})
            as returns_by_order_date,
        cast(coalesce(totals.net_sales_by_order_date, 0) as {{ type_decimal(18, 4) }})
            as net_sales_by_order_date,
        cast(coalesce(totals.net_sales_last_90_days, 0) as {{ type_decimal(18, 4) }})
            as net_sales_last_90_days,
        cast(coalesce(totals.net_sales_prior_90_days, 0) as {{ type_decimal(18, 4) }})
            as net_sales_prior_90_days,
        cast(totals.gross_margin as {{ type_decimal(18, 4) }}) as gross_margin,
        cast(totals.days_since_last_sale as {{ type_integer() }}) as days_since_last_sale,
        case when totals.first_date < cast('9999-12-31' as date) then totals.first_date end
            as first_sale_date,
        totals.last_sale_date
    from {{ ref('dim_products') }} as products
    left join totals
        on products.product_key = totals.product_key
    where products.product_key > 0

),

ranked as (

    select
        *,
        row_number() over ({{ best_first }}) as sales_rank,
        row_number() over (partition by category {{ best_first }}) as category_rank,
        sum(net_sales_by_order_date) over (
            {{ best_first }}
            rows between unbounded preceding and current row
        ) - net_sales_by_order_date as net_sales_before
    from measured

),

all_sales as (

    select cast(sum(net_sales_by_order_date) as {{ type_decimal(18, 4) }}) as net_sales
    from measured
    where net_sales_by_order_date > 0

),

final as (

    select
        ranked.product_key,
        ranked.source_system,
        ranked.product_name,
        ranked.category,
        ranked.sub_category,
        case
            when ranked.net_sales_by_order_date <= 0 then 'C'
            when ranked.net_sales_before < 0.80 * all_sales.net_sales then 'A'
            when ranked.net_sales_before < 0.95 * all_sales.net_sales then 'B'
            else 'C'
        end as abc_class,
        ranked.list_price,
        ranked.units_sold,
        ranked.gross_sales,
        ranked.discounts,
        ranked.sales_after_discount,
        ranked.returned_units,
        ranked.returns_by_order_date,
        ranked.net_sales_by_order_date,
        ranked.gross_margin,
        ranked.orders,
        ranked.customers,
        {{ safe_divide('ranked.sales_after_discount', 'ranked.units_sold') }}
            as average_selling_price,
        {{ safe_divide('ranked.mature_returned_units', 'ranked.mature_units') }}
            as return_rate_units,
        cast(ranked.sales_rank as {{ type_integer() }}) as sales_rank,
        cast(ranked.category_rank as {{ type_integer() }}) as category_rank,
        case
            when ranked.net_sales_by_order_date > 0
                then {{ safe_divide('ranked.net_sales_before', 'all_sales.net_sales') }}
        end as cumulative_share,
        ranked.net_sales_last_90_days,
        ranked.net_sales_prior_90_days,
        case
            when ranked.net_sales_prior_90_days > 0
                then {{ safe_divide(
                    '(ranked.net_sales_last_90_days - ranked.net_sales_prior_90_days)',
                    'ranked.net_sales_prior_90_days'
                ) }}
        end as trend_growth,
        case
            when ranked.net_sales_prior_90_days > 0 then 'ok'
            when ranked.net_sales_prior_90_days = 0 then 'zero_prior'
            else 'negative_prior'
        end as trend_status,
        ranked.days_since_last_sale,
        ranked.is_gift_card,
        ranked.first_sale_date,
        ranked.last_sale_date
    from ranked
    cross join all_sales

)

select * from final
