{# Grain: one row per product, sold or not, over all its counted order lines. #}
{%- set mature = is_mature('sales.order_date') %}
{%- set days_ago = days_between('sales.order_date', 'run_context.as_of_date') %}
{%- set recent = 'case when sales.is_dated and {} then sales.net_sales_by_order_date end' %}
{%- set counts = {
    'units_sold': 'sum(sales.units_sold)',
    'returned_units': 'sum(sales.returned_units)',
    'mature_units': 'sum(case when ' ~ mature ~ ' then sales.units_sold end)',
    'mature_returned_units': 'sum(case when ' ~ mature ~ ' then sales.returned_units end)',
    'orders': 'count(distinct sales.order_key)',
    'customers': 'count(distinct case when sales.customer_key > 0 then sales.customer_key end)'
} %}
{%- set amounts = {
    'gross_sales': 'sales.gross_sales',
    'discounts': 'sales.discounts',
    'sales_after_discount': 'sales.sales_after_discount',
    'returns_by_order_date': 'sales.returns_by_order_date',
    'net_sales_by_order_date': 'sales.net_sales_by_order_date',
    'net_sales_last_90_days': recent.format(days_ago ~ ' < 90'),
    'net_sales_prior_90_days': recent.format(days_ago ~ ' between 90 and 179')
} %}
{%- set best_first = 'order by net_sales_by_order_date desc, units_sold desc, product_key asc' %}
{%- set no_date = "cast('9999-12-31' as date)" %}
with

totals as (

    select
        sales.product_key,
        {%- for total, value in counts.items() %}
        cast({{ value }} as {{ type_integer() }}) as {{ total }},
        {%- endfor %}
        {%- for total, value in amounts.items() %}
        cast(sum({{ value }}) as {{ type_decimal(18, 4) }}) as {{ total }},
        {%- endfor %}
        cast(
            sum(sales.net_sales_by_order_date - sales.cost_of_kept_units)
            as {{ type_decimal(18, 4) }}
        ) as gross_margin,
        cast(min(case when sales.is_dated then {{ days_ago }} end) as {{ type_integer() }})
            as days_since_last_sale,
        -- Not NULL: MySQL 9 turns the smallest of no dates into 0000-00-00.
        min(case when sales.is_dated then sales.order_date else {{ no_date }} end) as first_date,
        max(case when sales.is_dated then sales.order_date end) as last_sale_date
    from {{ ref('fct_sales') }} as sales
    cross join {{ ref('run_context') }} as run_context
    where sales.is_counted
    group by 1

),

measured as (

    select
        products.*,
        {%- for total in counts.keys() | list + amounts.keys() | list %}
        coalesce(totals.{{ total }}, 0) as {{ total }},
        {%- endfor %}
        totals.gross_margin,
        totals.days_since_last_sale,
        case when totals.first_date < {{ no_date }} then totals.first_date end as first_sale_date,
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
        ranked.{{ [
            'product_key', 'source_system', 'product_name', 'category', 'sub_category'
        ] | join(',\n        ranked.') }},
        case
            when ranked.net_sales_by_order_date <= 0 then 'C'
            when ranked.net_sales_before < 0.80 * all_sales.net_sales then 'A'
            when ranked.net_sales_before < 0.95 * all_sales.net_sales then 'B'
            else 'C'
        end as abc_class,
        ranked.list_price,
        ranked.{{ [
            'units_sold', 'gross_sales', 'discounts', 'sales_after_discount', 'returned_units',
            'returns_by_order_date', 'net_sales_by_order_date', 'gross_margin', 'orders',
            'customers'
        ] | join(',\n        ranked.') }},
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
