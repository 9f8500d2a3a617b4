{# Grain: one row per order line, up to as_of_date; the rows behind every bar of a dashboard. #}
with

order_lines as (

    select * from {{ ref('fct_sales') }}
    where not is_future

),

places as (

    select * from {{ ref('dim_geography') }}

),

customer_versions as (

    select * from {{ ref('dim_customers_history') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

product_versions as (

    select * from {{ ref('dim_products_history') }}

),

statuses as (

    select * from {{ ref('dim_order_statuses') }}

),

channels as (

    select * from {{ ref('dim_channels') }}

),

final as (

    select
        -- keys
        order_lines.order_key,
        order_lines.line_number,
        order_lines.customer_key,
        order_lines.product_key,
        order_lines.source_system,
        order_lines.order_id,

        -- attributes
        places.country,
        places.region,
        places.state,
        product_versions.category,
        products.product_name,
        customer_versions.segment,
        channels.channel,
        statuses.order_status,

        -- measures
        order_lines.ordered_units,
        order_lines.ordered_amount,
        order_lines.units_sold,
        order_lines.gross_sales,
        order_lines.discounts,
        order_lines.sales_after_discount,
        order_lines.returned_units,
        order_lines.returns_by_order_date,
        order_lines.net_sales_by_order_date,

        -- flags
        order_lines.is_counted,
        order_lines.is_dated,

        -- dates
        case when order_lines.is_dated then order_lines.order_date end as order_date
    from order_lines
    inner join places
        on order_lines.geography_key = places.geography_key
    inner join customer_versions
        on order_lines.customer_history_key = customer_versions.customer_history_key
    inner join products
        on order_lines.product_key = products.product_key
    inner join product_versions
        on order_lines.product_history_key = product_versions.product_history_key
    inner join statuses
        on order_lines.order_status_key = statuses.order_status_key
    inner join channels
        on order_lines.channel_key = channels.channel_key

)

select * from final
