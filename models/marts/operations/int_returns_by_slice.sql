{# Grain: one row per slice_type and slice_name, of counted orders. An order with lines in two
   categories is in both. The name of an order month is its first day. #}
with

orders as (

    select
        orders.source_system,
        places.region,
        customer_versions.segment,
        channels.channel,
        cast({{ start_of_month('orders.order_date') }} as {{ type_text(10) }}) as order_month,
        orders.customer_key,
        orders.units_sold,
        orders.returned_units,
        orders.sales_after_discount,
        orders.returns_by_order_date,
        {{ is_mature('orders.order_date') }} as is_mature
    from {{ ref('fct_orders') }} as orders
    inner join {{ ref('dim_geography') }} as places
        on orders.geography_key = places.geography_key
    inner join {{ ref('dim_customers_history') }} as customer_versions
        on orders.customer_history_key = customer_versions.customer_history_key
    inner join {{ ref('dim_channels') }} as channels
        on orders.channel_key = channels.channel_key
    cross join {{ ref('run_context') }} as run_context
    where orders.is_counted

),

category_orders as (

    select
        product_versions.category,
        order_lines.order_key,
        order_lines.customer_key,
        order_lines.is_mature,
        sum(order_lines.units_sold) as units_sold,
        sum(order_lines.returned_units) as returned_units,
        sum(order_lines.sales_after_discount) as sales_after_discount,
        sum(order_lines.returns_by_order_date) as returns_by_order_date
    from {{ ref('fct_sales') }} as order_lines
    inner join {{ ref('dim_products_history') }} as product_versions
        on order_lines.product_history_key = product_versions.product_history_key
    where order_lines.is_counted
    group by 1, 2, 3, 4

),

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
    select 'order_month' as slice_type

),

sliced as (

    select
        slice_types.slice_type,
        case slice_types.slice_type
            when 'all' then 'All sales'
            when 'source_system' then orders.source_system
            when 'region' then orders.region
            when 'segment' then orders.segment
            when 'channel' then orders.channel
            when 'order_month' then orders.order_month
        end as slice_name,
        orders.customer_key,
        orders.is_mature,
        orders.units_sold,
        orders.returned_units,
        orders.sales_after_discount,
        orders.returns_by_order_date
    from orders
    cross join slice_types

    union all

    select
        'category' as slice_type,
        category as slice_name,
        customer_key,
        is_mature,
        units_sold,
        returned_units,
        sales_after_discount,
        returns_by_order_date
    from category_orders

),

totals as (

    select
        slice_type,
        slice_name,
        count(*) as orders,
        count(distinct case when customer_key > 0 then customer_key end) as customers,
        sum(units_sold) as units_sold,
        sum(returned_units) as returned_units,
        sum(sales_after_discount) as sales_after_discount,
        sum(returns_by_order_date) as returns_by_order_date,
        sum(case when is_mature then units_sold else 0 end) as mature_units,
        sum(case when is_mature then returned_units else 0 end) as mature_returned_units,
        sum(case when is_mature then 0 else units_sold end) as immature_units,
        sum(case when is_mature then sales_after_discount else 0 end) as mature_sales,
        sum(case when is_mature then returns_by_order_date else 0 end) as mature_returns
    from sliced
    group by 1, 2

),

final as (

    select
        slice_type,
        slice_name,
        cast(orders as {{ type_integer() }}) as orders,
        cast(customers as {{ type_integer() }}) as customers,
        cast(units_sold as {{ type_integer() }}) as units_sold,
        cast(returned_units as {{ type_integer() }}) as returned_units,
        cast(sales_after_discount as {{ type_decimal(18, 4) }}) as sales_after_discount,
        cast(returns_by_order_date as {{ type_decimal(18, 4) }}) as returns_by_order_date,
        cast(mature_units as {{ type_integer() }}) as mature_units,
        cast(mature_returned_units as {{ type_integer() }}) as mature_returned_units,
        cast(immature_units as {{ type_integer() }}) as immature_units,
        cast(mature_sales as {{ type_decimal(18, 4) }}) as mature_sales,
        cast(mature_returns as {{ type_decimal(18, 4) }}) as mature_returns,
        {{ safe_divide('mature_returned_units', 'mature_units') }} as return_rate_units,
        {{ safe_divide('mature_returns', 'mature_sales') }} as return_rate_value,
        slice_type <> 'all' and {{ is_small_cell('customers') }} as is_small_cell
    from totals

)

select * from final
