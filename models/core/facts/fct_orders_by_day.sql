{# Grain: one row per day with a counted order, slice_type and slice_name. A customer counts on the
   day of the first order of a period, so that its days add up to distinct customers. #}
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

),

sales as (

    -- An order has one source system, region, segment and channel.
    select
        slice_types.slice_type,
        case slice_types.slice_type
            when 'all' then 'All sales'
            when 'source_system' then orders.source_system
            when 'region' then places.region
            when 'segment' then customer_versions.segment
            when 'channel' then channels.channel
        end as slice_name,
        orders.order_key,
        orders.customer_key,
        orders.order_date,
        orders.units_sold,
        orders.gross_sales,
        orders.discounts,
        orders.sales_after_discount,
        orders.returns_by_order_date,
        orders.tax,
        orders.shipping,
        orders.refunded_tax + orders.refunded_shipping as refunded_charges
    from {{ ref('fct_orders') }} as orders
    inner join {{ ref('dim_geography') }} as places
        on orders.geography_key = places.geography_key
    inner join {{ ref('dim_customers_history') }} as customer_versions
        on orders.customer_history_key = customer_versions.customer_history_key
    inner join {{ ref('dim_channels') }} as channels
        on orders.channel_key = channels.channel_key
    cross join slice_types
    where orders.is_counted

    union all

    -- An order with lines in two categories is in both; what is charged on the complete order (tax,
    -- shipping) has no category.
    select
        'category' as slice_type,
        product_versions.category as slice_name,
        order_lines.order_key,
        order_lines.customer_key,
        order_lines.order_date,
        sum(order_lines.units_sold) as units_sold,
        sum(order_lines.gross_sales) as gross_sales,
        sum(order_lines.discounts) as discounts,
        sum(order_lines.sales_after_discount) as sales_after_discount,
        sum(order_lines.returns_by_order_date) as returns_by_order_date,
        null as tax,
        null as shipping,
        null as refunded_charges
    from {{ ref('fct_sales') }} as order_lines
    inner join {{ ref('dim_products_history') }} as product_versions
        on order_lines.product_history_key = product_versions.product_history_key
    where order_lines.is_counted
    group by 1, 2, 3, 4, 5

),

sequenced as (

    select
        *,
        coalesce(
            lag(order_date) over (
                partition by slice_type, slice_name, customer_key
                order by order_date, order_key
            ),
            cast('1899-12-31' as date)
        ) as previous_order_date,
        case when customer_key > 0 then 1 else 0 end as is_customer
    from sales

),

sales_by_day as (

    select
        sequenced.slice_type,
        sequenced.slice_name,
        sequenced.order_date as calendar_date,
        sum(sequenced.units_sold) as units_sold,
        sum(sequenced.gross_sales) as gross_sales,
        sum(sequenced.discounts) as discounts,
        sum(sequenced.sales_after_discount) as sales_after_discount,
        sum(sequenced.returns_by_order_date) as returns_by_order_date,
        sum(sequenced.tax) as tax,
        sum(sequenced.shipping) as shipping,
        sum(sequenced.refunded_charges) as refunded_charges,
        {%- for period in [
            'day', 'week', 'month', 'quarter', 'year', 'fiscal_quarter', 'fiscal_year'
        ] %}
        {%- set start = 'calendar_date' if period == 'day' else period ~ '_start_date' %}
        sum(
            case
                when sequenced.previous_order_date < dates.{{ start }} then sequenced.is_customer
                else 0
            end
        ) as customers_by_{{ period }},
        {%- endfor %}
        count(*) as orders
    from sequenced
    inner join {{ ref('dim_dates') }} as dates
        on sequenced.order_date = dates.calendar_date
    group by 1, 2, 3

),

final as (

    select
        calendar_date,
        slice_type,
        slice_name,
        cast(units_sold as {{ type_integer() }}) as units_sold,
        cast(gross_sales as {{ type_decimal(18, 4) }}) as gross_sales,
        cast(discounts as {{ type_decimal(18, 4) }}) as discounts,
        cast(sales_after_discount as {{ type_decimal(18, 4) }}) as sales_after_discount,
        cast(returns_by_order_date as {{ type_decimal(18, 4) }}) as returns_by_order_date,
        cast(tax as {{ type_decimal(18, 4) }}) as tax,
        cast(shipping as {{ type_decimal(18, 4) }}) as shipping,
        cast(refunded_charges as {{ type_decimal(18, 4) }}) as refunded_charges,
        cast(orders as {{ type_integer() }}) as orders,
        cast(customers_by_day as {{ type_integer() }}) as customers_by_day,
        cast(customers_by_week as {{ type_integer() }}) as customers_by_week,
        cast(customers_by_month as {{ type_integer() }}) as customers_by_month,
        cast(customers_by_quarter as {{ type_integer() }}) as customers_by_quarter,
        cast(customers_by_year as {{ type_integer() }}) as customers_by_year,
        cast(customers_by_fiscal_quarter as {{ type_integer() }}) as customers_by_fiscal_quarter,
        cast(customers_by_fiscal_year as {{ type_integer() }}) as customers_by_fiscal_year
    from sales_by_day

)

select * from final
