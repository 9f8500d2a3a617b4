{# Grain: one row per grouping_id, period_type, period_start_date, region, category and segment. The
   member 'ALL' is a roll-up; grouping_id says which: 4 region, 2 category, 1 segment. #}
with

period_types as (

    select 'all' as period_type
    union all
    select 'year' as period_type
    union all
    select 'month' as period_type

),

-- Categories are rolled up in the cells: complete orders and orders by category are cells apart.
cuts as (

    select
        0 as grouping_id,
        'region_and_segment' as cut
    union all
    select
        1 as grouping_id,
        'region' as cut
    union all
    select
        4 as grouping_id,
        'segment' as cut
    union all
    select
        5 as grouping_id,
        'neither' as cut

),

rolled_up as (

    select
        cuts.grouping_id + case when cells.is_all_categories then 2 else 0 end as grouping_id,
        period_types.period_type,
        case period_types.period_type
            when 'all' then {{ unknown_date() }}
            when 'year' then dates.year_start_date
            when 'month' then cells.month_start_date
        end as period_start_date,
        case when cuts.cut in ('region_and_segment', 'region') then cells.region else 'ALL' end
            as region,
        cells.category,
        case when cuts.cut in ('region_and_segment', 'segment') then cells.segment else 'ALL' end
            as segment,
        sum(cells.units_sold) as units_sold,
        sum(cells.gross_sales) as gross_sales,
        sum(cells.discounts) as discounts,
        sum(cells.sales_after_discount) as sales_after_discount,
        sum(cells.returns_by_order_date) as returns_by_order_date,
        sum(cells.net_sales_by_order_date) as net_sales_by_order_date,
        sum(cells.orders) as orders,
        sum(
            case period_types.period_type
                when 'all'
                    then
                        case cuts.cut
                            when
                                'region_and_segment'
                                then cells.ever_customers_by_region_and_segment
                            when 'region' then cells.ever_customers_by_region
                            when 'segment' then cells.ever_customers_by_segment
                            when 'neither' then cells.ever_customers_by_neither
                        end
                when 'year'
                    then
                        case cuts.cut
                            when
                                'region_and_segment'
                                then cells.year_customers_by_region_and_segment
                            when 'region' then cells.year_customers_by_region
                            when 'segment' then cells.year_customers_by_segment
                            when 'neither' then cells.year_customers_by_neither
                        end
                when 'month' then
                    case cuts.cut
                        when 'region_and_segment' then cells.month_customers_by_region_and_segment
                        when 'region' then cells.month_customers_by_region
                        when 'segment' then cells.month_customers_by_segment
                        when 'neither' then cells.month_customers_by_neither
                    end
            end
        ) as customers
    from {{ ref('fct_sales_cells') }} as cells
    inner join {{ ref('dim_dates') }} as dates
        on cells.month_start_date = dates.calendar_date
    cross join period_types
    cross join cuts
    group by 1, 2, 3, 4, 5, 6

),

judged as (

    select
        *,
        period_type <> 'all' and period_start_date = {{ unknown_date() }} as is_undated
    from rolled_up

),

final as (

    select
        cast(grouping_id as {{ type_integer() }}) as grouping_id,
        period_type,
        case when period_type <> 'all' and not is_undated then period_start_date end
            as period_start_date,
        region,
        category,
        segment,
        {{ concat_text(['region', "'|'", 'category', "'|'", 'segment']) }} as drill_key,
        cast(units_sold as {{ type_integer() }}) as units_sold,
        cast(gross_sales as {{ type_decimal(18, 4) }}) as gross_sales,
        cast(discounts as {{ type_decimal(18, 4) }}) as discounts,
        cast(sales_after_discount as {{ type_decimal(18, 4) }}) as sales_after_discount,
        cast(returns_by_order_date as {{ type_decimal(18, 4) }}) as returns_by_order_date,
        cast(net_sales_by_order_date as {{ type_decimal(18, 4) }}) as net_sales_by_order_date,
        cast(orders as {{ type_integer() }}) as orders,
        cast(customers as {{ type_integer() }}) as customers,
        {{ safe_divide('sales_after_discount', 'orders') }} as average_order_value,
        is_undated
    from judged

)

select * from final
