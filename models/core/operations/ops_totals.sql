{# Grain: one row per population and measure: what the facts add up to. The sum of every additive
   column of a published relation is compared with one of these rows. #}
{#- Each group: the population, the fact, which of its rows count, and measures with their SQL. A
    loop, because each measure is the same row: a sum with its name. -#}
{%- set mature = 'case when is_mature then {} else 0 end' -%}
{%- set reached = 'case when last_step_number >= {} then 1 else 0 end' -%}
{%- set feedback_measures = {
    'feedback_count': '1', 'rated_count': 'case when rating is not null then 1 else 0 end',
    'imputed_count': 'case when is_review_rating_imputed then 1 else 0 end',
    'rating_1': 'case when floor(rating + 0.5) = 1 then 1 else 0 end',
    'rating_2': 'case when floor(rating + 0.5) = 2 then 1 else 0 end',
    'rating_3': 'case when floor(rating + 0.5) = 3 then 1 else 0 end',
    'rating_4': 'case when floor(rating + 0.5) = 4 then 1 else 0 end',
    'rating_5': 'case when floor(rating + 0.5) = 5 then 1 else 0 end',
    'complaints': "case when feedback_type = 'complaint' then 1 else 0 end",
    'comments': 'case when has_comment then 1 else 0 end'
} -%}
{%- set groups = [
    ['counted', 'fct_sales', 'is_counted', {
        'units_sold': 'units_sold', 'gross_sales': 'gross_sales', 'discounts': 'discounts',
        'sales_after_discount': 'sales_after_discount', 'returned_units': 'returned_units',
        'returns_of_orders': 'returns_by_order_date',
        'net_sales_of_orders': 'net_sales_by_order_date',
        'mature_units': mature.format('units_sold'),
        'mature_returned_units': mature.format('returned_units'),
        'immature_units': 'case when is_mature then 0 else units_sold end',
        'mature_sales': mature.format('sales_after_discount'),
        'mature_returns': mature.format('returns_by_order_date')
    }],
    ['counted', 'fct_orders', 'is_counted', {
        'orders': '1', 'tax': 'tax', 'shipping': 'shipping',
        'refunded_charges': 'refunded_tax + refunded_shipping'
    }],
    ['counted', 'fct_returns', 'is_counted', {
        'returns': 'returns', 'return_lines': '1', 'units_of_return_lines': 'returned_units',
        'unlinked_returns': 'case when is_order_linked then 0 else returns end'
    }],
    ['dated', 'fct_orders', 'is_counted and is_dated', {
        'orders': '1', 'sales_after_discount': 'sales_after_discount',
        'net_sales_of_orders': 'net_sales_by_order_date'
    }],
    ['with_order_hour', 'fct_orders', 'is_counted and is_dated and order_hour is not null', {
        'orders': '1', 'sales_after_discount': 'sales_after_discount',
        'net_sales_of_orders': 'net_sales_by_order_date'
    }],
    ['with_season', 'fct_orders', 'is_counted and season is not null', {
        'orders': '1', 'sales_after_discount': 'sales_after_discount',
        'net_sales_of_orders': 'net_sales_by_order_date'
    }],
    ['with_shipping_method', 'fct_orders', 'is_counted and shipping_method is not null', {
        'orders': '1', 'sales_after_discount': 'sales_after_discount',
        'net_sales_of_orders': 'net_sales_by_order_date'
    }],
    ['products', 'fct_sales', 'is_counted and product_key > 0', {
        'units_sold': 'units_sold', 'gross_sales': 'gross_sales', 'discounts': 'discounts',
        'sales_after_discount': 'sales_after_discount', 'returned_units': 'returned_units',
        'returns_of_orders': 'returns_by_order_date',
        'net_sales_of_orders': 'net_sales_by_order_date',
        'gross_margin': 'net_sales_by_order_date - cost_of_kept_units'
    }],
    ['placed', 'fct_sales', 'not is_future', {
        'ordered_units': 'ordered_units', 'ordered_amount': 'ordered_amount',
        'units_sold': 'units_sold', 'gross_sales': 'gross_sales', 'discounts': 'discounts',
        'sales_after_discount': 'sales_after_discount', 'returned_units': 'returned_units',
        'returns_of_orders': 'returns_by_order_date',
        'net_sales_of_orders': 'net_sales_by_order_date'
    }],
    ['placed', 'stepped_orders', 'not is_future', {
        'placed_orders': '1', 'confirmed_orders': reached.format(2), 'shipped_orders': reached.format(3),
        'delivered_orders': reached.format(4), 'kept_orders': reached.format(5),
        'shipping_days': 'case when last_step_number >= 3 then shipping_days end',
        'orders_with_shipping_days':
            'case when last_step_number >= 3 and shipping_days is not null then 1 else 0 end',
        'delivery_days': 'case when last_step_number >= 4 then delivery_days end',
        'orders_with_delivery_days':
            'case when last_step_number >= 4 and delivery_days is not null then 1 else 0 end'
    }],
    ['repeat_orders', 'followed_orders', 'previous_order_date is not null', {
        'orders': '1', 'sales_after_discount': 'sales_after_discount',
        'net_sales_of_orders': 'net_sales_by_order_date'
    }],
    ['dated_known_customers', 'fct_orders', 'is_counted and is_dated and customer_key > 0', {
        'orders': '1', 'net_sales_of_orders': 'net_sales_by_order_date'
    }],
    ['known_customers', 'fct_orders', 'customer_key > 0', {
        'orders': 'case when is_counted then 1 else 0 end',
        'orders_qualifying': 'case when is_qualifying then 1 else 0 end',
        'orders_cancelled': 'case when is_cancelled then 1 else 0 end',
        'discounted_orders': 'case when is_counted and is_discounted then 1 else 0 end',
        'units_sold': 'units_sold', 'kept_units': 'kept_units', 'gross_sales': 'gross_sales',
        'discounts': 'discounts', 'sales_after_discount': 'sales_after_discount',
        'returns_of_orders': 'returns_by_order_date',
        'net_sales_of_orders': 'net_sales_by_order_date',
        'gross_margin': 'case when is_counted then gross_margin end'
    }],
    ['known_customers', 'fct_customer_totals', 'customer_key > 0', {
        'customers': '1', 'frequency': 'frequency', 'monetary': 'monetary',
        'customers_with_orders': 'case when orders_recognised > 0 then 1 else 0 end',
        'buyers': 'case when orders_qualifying > 0 then 1 else 0 end',
        'repeat_buyers': 'case when orders_qualifying > 1 then 1 else 0 end',
        'mature_customers': 'case when tenure_days >= 365 then 1 else 0 end',
        'retained_mature_customers':
            'case when tenure_days >= 365 and recency_days < 365 then 1 else 0 end'
    }],
    ['known_customers', 'dim_customers', 'customer_key > 0', {'annual_income': 'annual_income'}],
    ['known_customers', 'fct_subscriptions', 'is_running and customer_key > 0', {
        'running_subscriptions': '1', 'monthly_fees': 'monthly_fee_amount'
    }],
    ['tickets', 'fct_support_tickets', 'not is_future', {
        'tickets': '1', 'complaint_tickets': 'case when is_complaint then 1 else 0 end',
        'open_tickets': 'case when is_resolved then 0 else 1 end',
        'resolved_tickets': 'case when is_resolved then 1 else 0 end',
        'overdue_tickets':
            'case when open_days > ' ~ var('support_sla_days') ~ ' then 1 else 0 end',
        'resolved_in_time':
            'case when resolution_hours <= 24 * ' ~ var('support_sla_days') ~ ' then 1 else 0 end',
        'complaints_without_order': 'case when is_complaint and order_key <= 0 then 1 else 0 end'
    }],
    ['feedback', 'fct_feedback', 'not is_future', feedback_measures],
    ['feedback_on_products', 'fct_feedback', 'not is_future and product_key > 0', feedback_measures],
    ['known_customers', 'fct_support_tickets', 'not is_future and customer_key > 0', {
        'support_tickets': '1', 'complaint_tickets': 'case when is_complaint then 1 else 0 end'
    }],
    ['known_customers', 'fct_feedback', 'not is_future and customer_key > 0', {
        'feedback_complaints': "case when feedback_type = 'complaint' then 1 else 0 end"
    }],
    ['raw_rows', 'ops_row_counts', '1 = 1', {'raw_count': 'raw_count'}]
] -%}
with

-- The last step of the funnel that an order has reached.
stepped_orders as (

    select
        orders.is_future,
        case
            when orders.is_dated then {{ days_between('orders.order_date', 'orders.shipped_date') }}
        end as shipping_days,
        case
            when orders.is_dated
                then {{ days_between('orders.order_date', 'orders.delivered_date') }}
        end as delivery_days,
        case
            when not orders.is_recognised then 1
            when
                statuses.order_status in ('delivered', 'partially_returned', 'returned')
                or orders.delivered_date <= run_context.as_of_date
                then case when orders.kept_units > 0 then 5 else 4 end
            when
                statuses.order_status = 'shipped'
                or orders.shipped_date <= run_context.as_of_date
                then 3
            else 2
        end as last_step_number
    from {{ ref('fct_orders') }} as orders
    inner join {{ ref('dim_order_statuses') }} as statuses
        on orders.order_status_key = statuses.order_status_key
    cross join {{ ref('run_context') }} as run_context

),

followed_orders as (

    select
        sales_after_discount,
        net_sales_by_order_date,
        lag(order_date) over (
            partition by customer_key
            order by customer_order_number
        ) as previous_order_date
    from {{ ref('fct_orders') }}
    where is_counted and is_dated and customer_key > 0

),

{% for population, fact, condition, measures in groups -%}
{%- set relation = fact if fact in ('stepped_orders', 'followed_orders') else ref(fact) %}
{{ population }}_in_{{ fact }} as (

    select
        {%- for measure, amount in measures.items() %}
        cast(coalesce(sum({{ amount }}), 0) as {{ type_decimal(28, 4) }}) as {{ measure }},
        {%- endfor %}
        count(*) as row_count
    from {{ relation }}
    where {{ condition }}

),

{% endfor -%}
final as (

    {% for population, fact, condition, measures in groups -%}
    {%- for measure in measures %}
    select
        '{{ population }}' as population,
        '{{ measure }}' as measure,
        {{ measure }} as total
    from {{ population }}_in_{{ fact }}
    union all
    {%- endfor %}
    {%- endfor %}
    -- Both bases of net sales take what came back without an order off, too.
    select
        'counted' as population,
        'returns_by_order_date' as measure,
        sales.returns_of_orders + credit.unlinked_returns as total
    from counted_in_fct_sales as sales
    cross join counted_in_fct_returns as credit
    union all
    select
        'counted' as population,
        'net_sales' as measure,
        sales.sales_after_discount - credit.returns as total
    from counted_in_fct_sales as sales
    cross join counted_in_fct_returns as credit
    union all
    select
        'counted' as population,
        'net_sales_by_order_date' as measure,
        sales.net_sales_of_orders - credit.unlinked_returns as total
    from counted_in_fct_sales as sales
    cross join counted_in_fct_returns as credit
    union all
    select
        'counted' as population,
        'total_sales_by_order_date' as measure,
        sales.net_sales_of_orders - credit.unlinked_returns
        + orders.tax + orders.shipping - orders.refunded_charges as total
    from counted_in_fct_sales as sales
    cross join counted_in_fct_orders as orders
    cross join counted_in_fct_returns as credit
    union all
    select
        'known_customers' as population,
        'complaints' as measure,
        tickets.complaint_tickets + feedback.feedback_complaints as total
    from known_customers_in_fct_support_tickets as tickets
    cross join known_customers_in_fct_feedback as feedback

)

select
    population,
    measure,
    cast(total as {{ type_decimal(28, 4) }}) as total
from final
