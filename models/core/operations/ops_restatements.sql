{# Grain: one row per source system, month and statement that corrected the one before it. #}
with

statements as (

    select * from {{ ref('ops_month_statements') }}

),

final as (

    select
        corrected.source_system,
        corrected.month_start_date,
        corrected.statement_number,
        earlier.orders as earlier_orders,
        corrected.orders,
        cast(corrected.orders - earlier.orders as {{ type_integer() }}) as orders_change,
        earlier.net_sales as earlier_net_sales,
        corrected.net_sales,
        cast(corrected.net_sales - earlier.net_sales as {{ type_decimal(18, 4) }})
            as net_sales_change,
        earlier.net_sales_by_order_date as earlier_net_sales_by_order_date,
        corrected.net_sales_by_order_date,
        cast(
            corrected.net_sales_by_order_date - earlier.net_sales_by_order_date
            as {{ type_decimal(18, 4) }}
        ) as net_sales_by_order_date_change,
        earlier.as_of_date as earlier_as_of_date,
        corrected.as_of_date
    from statements as corrected
    inner join statements as earlier
        on
            corrected.source_system = earlier.source_system
            and corrected.month_start_date = earlier.month_start_date
            and corrected.statement_number = earlier.statement_number + 1

)

select * from final
