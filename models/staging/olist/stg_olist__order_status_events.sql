{# Grain: one row per step whose time the order row has: created, approved, shipped, delivered. #}
{%- set steps = [
    ['created', 'order_purchase_timestamp'],
    ['approved', 'order_approved_at'],
    ['shipped', 'order_delivered_carrier_date'],
    ['delivered', 'order_delivered_customer_date']
] %}
with

source as (

    select * from {{ source('olist', 'orders') }}

),

renamed as (

    {% for order_status, column in steps -%}
    select
        trim(both ' ' from order_id) as order_id,
        {{ loop.index }} as event_sequence,
        '{{ order_status }}' as order_status,
        {{ local_to_utc(to_timestamp_or_null(column), source_time_zone('olist')) }}
            as changed_at_utc,
        {{ no_rejection() }},
        {{ provenance() }}
    from source
    where {{ to_timestamp_or_null(column) }} is not null
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
)

{{ conform('order_status_events', 'olist') }}
