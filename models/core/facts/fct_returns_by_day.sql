{# Grain: one row per day with a counted return, slice_type and slice_name. #}
with

slice_types as (

    select 'all' as slice_type
    union all
    select 'source_system' as slice_type
    union all
    select 'region' as slice_type
    union all
    select 'segment' as slice_type
    union all
    select 'channel' as slice_type
    union all
    select 'category' as slice_type

),

sales as (

    select * from {{ ref('fct_sales') }}

),

returns as (

    -- The category is that of the product when it was ordered.
    select
        slice_types.slice_type,
        case slice_types.slice_type
            when 'all' then 'All sales'
            when 'source_system' then returns.source_system
            when 'region' then places.region
            when 'segment' then customer_versions.segment
            when 'channel' then channels.channel
            when 'category' then coalesce(product_versions.category, products.category)
        end as slice_name,
        returns.return_date,
        returns.returns,
        -- Credit notes that name no order have no order basis but their own day.
        case when returns.is_order_linked then 0 else returns.returns end as unlinked_returns
    from {{ ref('fct_returns') }} as returns
    inner join {{ ref('dim_geography') }} as places
        on returns.geography_key = places.geography_key
    inner join {{ ref('dim_customers_history') }} as customer_versions
        on returns.customer_history_key = customer_versions.customer_history_key
    inner join {{ ref('dim_channels') }} as channels
        on returns.channel_key = channels.channel_key
    inner join {{ ref('dim_products') }} as products
        on returns.product_key = products.product_key
    left join sales
        on
            returns.order_key = sales.order_key
            and returns.line_number = sales.line_number
    left join {{ ref('dim_products_history') }} as product_versions
        on sales.product_history_key = product_versions.product_history_key
    cross join slice_types
    where returns.is_counted

),

final as (

    select
        return_date as calendar_date,
        slice_type,
        slice_name,
        cast(sum(returns) as {{ type_decimal(18, 4) }}) as returns,
        cast(sum(unlinked_returns) as {{ type_decimal(18, 4) }}) as unlinked_returns
    from returns
    group by 1, 2, 3

)

select * from final
