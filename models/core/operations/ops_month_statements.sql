{# Grain: one row per source system, month and statement. A build adds a row to what builds before
   it have said of a month that is over when it says something else of it; this table alone outlives
   a build, because no source knows what an earlier build reported. #}
{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail') }}
with

months as (

    select
        months.slice_name as source_system,
        months.month_start_date,
        months.orders,
        months.net_sales,
        months.net_sales_by_order_date,
        run_context.as_of_date
    from {{ ref('fct_sales_by_month') }} as months
    cross join {{ ref('run_context') }} as run_context
    where
        months.slice_type = 'source_system'
        and months.is_complete

),
{% if is_incremental() %}
earlier as (

    select
        *,
        row_number() over (
            partition by source_system, month_start_date
            order by statement_number desc
        ) as newest_first
    from {{ this }}

),

source_systems as (

    select distinct
        source_system,
        as_of_date
    from months

),

-- With a month of which nothing is left, this build says that it has nothing.
stated as (

    select * from months

    union all

    select
        earlier.source_system,
        earlier.month_start_date,
        0 as orders,
        0 as net_sales,
        0 as net_sales_by_order_date,
        source_systems.as_of_date
    from earlier
    inner join source_systems
        on earlier.source_system = source_systems.source_system
    left join months
        on
            earlier.source_system = months.source_system
            and earlier.month_start_date = months.month_start_date
    where
        earlier.newest_first = 1
        and months.source_system is null

),

-- A build that measures from an earlier day than the last statement does not correct it.
changed as (

    select
        stated.*,
        coalesce(earlier.statement_number, 0) + 1 as statement_number
    from stated
    left join earlier
        on
            stated.source_system = earlier.source_system
            and stated.month_start_date = earlier.month_start_date
            and earlier.newest_first = 1
    where
        earlier.statement_number is null
        or (
            stated.as_of_date >= earlier.as_of_date
            and (
                stated.orders <> earlier.orders
                or stated.net_sales <> earlier.net_sales
                or stated.net_sales_by_order_date <> earlier.net_sales_by_order_date
            )
        )

),
{% else %}
changed as (

    select
        *,
        1 as statement_number
    from months

),
{% endif %}
final as (

    select
        source_system,
        month_start_date,
        cast(statement_number as {{ type_integer() }}) as statement_number,
        cast(orders as {{ type_integer() }}) as orders,
        cast(net_sales as {{ type_decimal(18, 4) }}) as net_sales,
        cast(net_sales_by_order_date as {{ type_decimal(18, 4) }}) as net_sales_by_order_date,
        as_of_date
    from changed

)

select * from final
