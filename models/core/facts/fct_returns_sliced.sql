{# Grain: one row per slice_type, slice_name and counted return line. #}
with

returns as (

    select * from {{ ref('fct_returns') }}
    where is_counted

),

geography as (

    select * from {{ ref('dim_geography') }}

),

customer_versions as (

    select * from {{ ref('dim_customers_history') }}

),

channels as (

    select * from {{ ref('dim_channels') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

sales as (

    select * from {{ ref('fct_sales') }}

),

product_versions as (

    select * from {{ ref('dim_products_history') }}

),

named as (

    select
        returns.return_line_key,
        returns.return_date,
        returns.returned_units,
        returns.returns,
        -- Credit notes that name no order have no order basis but their own day.
        case when returns.is_order_linked then 0 else returns.returns end as unlinked_returns,
        'All sales' as slice_all,
        returns.source_system as slice_source_system,
        geography.region as slice_region,
        customer_versions.segment as slice_segment,
        channels.channel as slice_channel,
        coalesce(product_versions.category, products.category) as slice_category
    from returns
    inner join geography
        on returns.geography_key = geography.geography_key
    inner join customer_versions
        on returns.customer_history_key = customer_versions.customer_history_key
    inner join channels
        on returns.channel_key = channels.channel_key
    inner join products
        on returns.product_key = products.product_key
    left join sales
        on
            returns.order_key = sales.order_key
            and returns.line_number = sales.line_number
    left join product_versions
        on sales.product_history_key = product_versions.product_history_key

),

final as (

    {% for slice_type in ['all', 'source_system', 'region', 'segment', 'channel', 'category'] -%}
    select
        '{{ slice_type }}' as slice_type,
        slice_{{ slice_type }} as slice_name,
        return_line_key,
        return_date,
        returned_units,
        returns,
        unlinked_returns
    from named
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
)

select * from final
