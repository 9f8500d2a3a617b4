{# Grain: one row per customer and method version, at as_of_date. #}
with

customers as (

    select * from {{ ref('dim_customers') }}
    where not is_reserved

),

orders as (

    select * from {{ ref('fct_orders') }}

),

run_context as (

    select * from {{ ref('run_context') }}

),

segments as (

    select * from {{ ref('rfm_segments') }}

),

order_flags as (

    select
        orders.customer_key,
        orders.order_date,
        orders.net_sales_ord,
        orders.is_counted,
        orders.is_qualifying,
        orders.is_dated,
        orders.is_qualifying
        and orders.is_dated
        and orders.order_date > {{ add_days('run_context.as_of_date', -var('rfm_window_days')) }}
            as is_in_window
    from orders
    cross join run_context
    -- The reserved members, guests among them, are nobody in particular.
    where orders.customer_key > 0

),

measured as (

    select
        customer_key,
        sum(case when is_counted then 1 else 0 end) as orders_recognised,
        sum(case when is_qualifying then 1 else 0 end) as orders_qualifying,
        sum(case when is_qualifying and is_dated then 1 else 0 end) as orders_dated,
        max(case when is_qualifying and is_dated then order_date end) as last_order_date,
        sum(case when is_in_window then 1 else 0 end) as frequency,
        count(distinct case when is_in_window then order_date end) as purchase_days,
        sum(case when is_in_window then net_sales_ord else 0 end) as monetary
    from order_flags
    group by 1

),

scored as (

    select
        measured.customer_key,
        {{ days_between('measured.last_order_date', 'run_context.as_of_date') }} as recency_days,
        {{ quantile_score('measured.last_order_date', 'asc') }} as recency_score,
        {{ quantile_score('measured.frequency', 'asc') }} as frequency_score,
        {{ quantile_score('measured.monetary', 'asc') }} as monetary_score
    from measured
    cross join run_context
    where measured.frequency > 0

),

celled as (

    select
        *,
        {{ concat_text([
            "cast(recency_score as " ~ type_text(1) ~ ")",
            "cast(frequency_score as " ~ type_text(1) ~ ")",
            "cast(monetary_score as " ~ type_text(1) ~ ")"
        ]) }} as rfm_cell
    from scored

),

final as (

    select
        customers.customer_key,
        run_context.as_of_date,
        'quantile_1' as method_version,
        customers.source_system,
        case
            when celled.customer_key is not null then segments.rfm_segment
            when measured.orders_dated > 0 then 'Dormant'
            when measured.orders_qualifying > 0 then 'Undated'
            else 'Prospect'
        end as rfm_segment,
        celled.rfm_cell,
        celled.recency_score,
        celled.frequency_score,
        celled.monetary_score,
        case
            when measured.orders_dated > 0
                then {{ days_between('measured.last_order_date', 'run_context.as_of_date') }}
        end as recency_days,
        cast(coalesce(measured.frequency, 0) as {{ type_integer() }}) as frequency,
        cast(coalesce(measured.purchase_days, 0) as {{ type_integer() }}) as purchase_days,
        cast(coalesce(measured.monetary, 0) as {{ type_decimal(18, 4) }}) as monetary,
        cast(coalesce(measured.orders_recognised, 0) as {{ type_integer() }}) as orders_recognised,
        cast(coalesce(measured.orders_qualifying, 0) as {{ type_integer() }}) as orders_qualifying,
        coalesce(measured.orders_qualifying, 0) = 0
        and coalesce(measured.orders_recognised, 0) > 0 as has_only_returned_orders
    from customers
    cross join run_context
    left join measured
        on customers.customer_key = measured.customer_key
    left join celled
        on customers.customer_key = celled.customer_key
    left join segments
        on celled.rfm_cell = cast(segments.rfm_cell as {{ type_text(3) }})

)

select * from final
