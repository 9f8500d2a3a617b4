{# Grain: one row per customer with a dated qualifying order: when and for how much the customer
   bought, one purchase per day, in all and before the holdout. #}
{%- set longest_holdout_days = 273 %}
with

history as (

    select
        as_of_date,
        {{ days_between('first_order_date', 'as_of_date') }} as history_days
    from {{ ref('run_context') }}

),

-- The holdout is the second half of the history, 39 weeks at most.
run_context as (

    select
        as_of_date,
        cast(
            case
                when history_days >= {{ 2 * longest_holdout_days }} then {{ longest_holdout_days }}
                else floor((history_days + 1) / 2)
            end as {{ type_integer() }}
        ) as holdout_days
    from history

),

purchase_days as (

    select
        customer_key,
        source_system,
        order_date,
        sum(net_sales_by_order_date) as net_sales_by_order_date
    from {{ ref('fct_orders') }}
    where
        is_qualifying
        and is_dated
        -- The reserved members, guests among them, are nobody in particular.
        and customer_key > 0
    group by 1, 2, 3

),

numbered as (

    select
        purchase_days.*,
        run_context.holdout_days,
        {{ days_between('purchase_days.order_date', 'run_context.as_of_date') }}
        >= run_context.holdout_days as is_earlier,
        row_number() over (
            partition by purchase_days.customer_key
            order by purchase_days.order_date
        ) as day_number
    from purchase_days
    cross join run_context

),

summed as (

    select
        customer_key,
        source_system,
        holdout_days,
        count(*) as purchase_days,
        sum(case when is_earlier then 1 else 0 end) as earlier_purchase_days,
        sum(net_sales_by_order_date) as net_sales_by_order_date,
        sum(case when day_number > 1 then net_sales_by_order_date else 0 end)
            as repeat_net_sales_by_order_date,
        sum(case when is_earlier then net_sales_by_order_date else 0 end)
            as earlier_net_sales_by_order_date,
        sum(case when is_earlier and day_number > 1 then net_sales_by_order_date else 0 end)
            as earlier_repeat_net_sales_by_order_date,
        min(order_date) as first_purchase_date,
        max(order_date) as last_purchase_date,
        -- A day that stands for none: MySQL 9 makes 0000-00-00 of the last of no days.
        max(case when is_earlier then order_date else {{ unknown_date() }} end)
            as earlier_last_purchase_date
    from numbered
    group by 1, 2, 3

),

final as (

    select
        customer_key,
        source_system,
        cast(purchase_days as {{ type_integer() }}) as purchase_days,
        cast(earlier_purchase_days as {{ type_integer() }}) as earlier_purchase_days,
        cast(net_sales_by_order_date as {{ type_decimal(18, 4) }}) as net_sales_by_order_date,
        cast(repeat_net_sales_by_order_date as {{ type_decimal(18, 4) }})
            as repeat_net_sales_by_order_date,
        cast(earlier_net_sales_by_order_date as {{ type_decimal(18, 4) }})
            as earlier_net_sales_by_order_date,
        cast(earlier_repeat_net_sales_by_order_date as {{ type_decimal(18, 4) }})
            as earlier_repeat_net_sales_by_order_date,
        holdout_days,
        first_purchase_date,
        last_purchase_date,
        case when earlier_purchase_days > 0 then earlier_last_purchase_date end
            as earlier_last_purchase_date
    from summed

)

select * from final
