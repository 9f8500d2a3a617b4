{# What is not known of our orders? One row per column of fct_orders that may be empty, with the
   orders that lack it. Keys are never NULL: a reserved member (-1 unknown, -2 guest, -3 none) says
   what is missing, and 1900-01-01 is an unknown day. A high share is no fault as such: an order
   that was never shipped has no shipped_date. #}
{%- set gaps = [
    ['customer_key', 'unknown', 'customer_key = -1'],
    ['customer_key', 'guest', 'customer_key = -2'],
    ['geography_key', 'unknown', 'geography_key = -1'],
    ['channel_key', 'unknown', 'channel_key = -1'],
    ['payment_method_key', 'unknown', 'payment_method_key = -1'],
    ['promotion_key', 'none', 'promotion_key = -3'],
    ['order_date', 'unknown', 'not is_dated'],
    ['line_count', 'none', 'not has_lines'],
    ['shipping_method', 'NULL', 'shipping_method is null'],
    ['season', 'NULL', 'season is null'],
    ['header_total_amount', 'NULL', 'header_total_amount is null'],
    ['gross_margin', 'NULL', 'gross_margin is null'],
    ['shipped_date', 'NULL', 'shipped_date is null'],
    ['delivered_date', 'NULL', 'delivered_date is null'],
    ['ordered_at_utc', 'NULL', 'ordered_at_utc is null']
] %}
with

counted as (

    {% for column, meaning, condition in gaps -%}
    select
        '{{ column }}' as column_name,
        '{{ meaning }}' as what_is_missing,
        count(*) as orders,
        sum(case when {{ condition }} then 1 else 0 end) as orders_without
    from {{ ref('fct_orders') }}
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
)

select
    column_name,
    what_is_missing,
    orders,
    coalesce(orders_without, 0) as orders_without,
    {{ safe_divide('orders_without', 'orders', 4) }} as share_without
from counted
order by 4 desc, 1 asc, 2 asc
