{# Grain: one row per slice_type and discount_band: every band of discount, by the order's own band
   and by that of the customer's first order. #}
with

orders as (

    select
        *,
        case
            when not is_discounted then 'No discount'
            when discounts = 0 then 'Depth unknown'
            when discounts <= 0.1 * gross_sales then 'Up to 10 %'
            when discounts <= 0.2 * gross_sales then 'Over 10 to 20 %'
            when discounts <= 0.3 * gross_sales then 'Over 20 to 30 %'
            else 'Over 30 %'
        end as depth_band
    from {{ ref('fct_orders') }}
    where is_counted

),

-- Of the customer of each order: the band of the first order, and how many orders were kept.
followed as (

    select
        *,
        max(case when is_first_order then depth_band end) over (partition by customer_key)
            as first_order_band,
        sum(case when is_qualifying then 1 else 0 end) over (partition by customer_key)
            as kept_orders
    from orders

),

sliced as (

    select
        'depth_band' as slice_type,
        followed.depth_band as discount_band,
        followed.*
    from followed

    union all

    select
        'first_order_band' as slice_type,
        followed.first_order_band as discount_band,
        followed.*
    from followed
    where followed.first_order_band is not null

),

summed as (

    select
        slice_type,
        discount_band,
        count(*) as orders,
        count(distinct case when customer_key > 0 then customer_key end) as customers,
        count(
            distinct case
                when slice_type = 'first_order_band' and kept_orders > 1 then customer_key
            end
        ) as repeat_customers,
        sum(units_sold) as units_sold,
        sum(gross_sales) as gross_sales,
        sum(discounts) as discounts,
        sum(sales_after_discount) as sales_after_discount,
        sum(net_sales_by_order_date) as net_sales_by_order_date,
        sum(returns_by_order_date) as returns_by_order_date
    from sliced
    group by 1, 2

),

bands as (

    select 'No discount' as discount_band

    union all

    select 'Depth unknown' as discount_band

    union all

    select 'Up to 10 %' as discount_band

    union all

    select 'Over 10 to 20 %' as discount_band

    union all

    select 'Over 20 to 30 %' as discount_band

    union all

    select 'Over 30 %' as discount_band

),

slices as (

    select
        'depth_band' as slice_type,
        discount_band
    from bands

    union all

    select
        'first_order_band' as slice_type,
        discount_band
    from bands

),

final as (

    select
        slices.slice_type,
        slices.discount_band,
        cast(
            case slices.discount_band
                when 'No discount' then 1
                when 'Depth unknown' then 2
                when 'Up to 10 %' then 3
                when 'Over 10 to 20 %' then 4
                when 'Over 20 to 30 %' then 5
                when 'Over 30 %' then 6
            end as {{ type_integer() }}
        ) as sort_order,
        coalesce(summed.orders, 0) as orders,
        coalesce(summed.customers, 0) as customers,
        cast(coalesce(summed.units_sold, 0) as {{ type_integer() }}) as units_sold,
        cast(coalesce(summed.gross_sales, 0) as {{ type_decimal(18, 4) }}) as gross_sales,
        cast(coalesce(summed.discounts, 0) as {{ type_decimal(18, 4) }}) as discounts,
        cast(coalesce(summed.sales_after_discount, 0) as {{ type_decimal(18, 4) }})
            as sales_after_discount,
        cast(coalesce(summed.net_sales_by_order_date, 0) as {{ type_decimal(18, 4) }})
            as net_sales_by_order_date,
        cast(coalesce(summed.returns_by_order_date, 0) as {{ type_decimal(18, 4) }})
            as returns_by_order_date,
        {{ safe_divide('summed.discounts', 'summed.gross_sales') }} as discount_rate,
        {{ safe_divide('summed.sales_after_discount', 'summed.orders') }} as average_order_value,
        {{ safe_divide('summed.units_sold', 'summed.orders') }} as units_per_order,
        {{ safe_divide('summed.returns_by_order_date', 'summed.sales_after_discount') }}
            as return_rate_value,
        case
            when slices.slice_type = 'first_order_band' then coalesce(summed.repeat_customers, 0)
        end as repeat_customers,
        {{ safe_divide(
            "case when slices.slice_type = 'first_order_band' then summed.repeat_customers end",
            'summed.customers'
        ) }} as repeat_rate,
        {{ is_small_cell('coalesce(summed.customers, 0)') }} as is_small_cell
    from slices
    left join summed
        on
            slices.slice_type = summed.slice_type
            and slices.discount_band = summed.discount_band

)

select * from final
