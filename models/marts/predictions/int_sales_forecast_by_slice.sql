{# Grain: one row per series_level, region, category, month_start_date and model. A series has a row
   for each month that is over, from its first sale on; a month without sales is 0. #}
with

forecasts as (

    select * from {{ source('ml', 'ml_sales_forecast') }}

),

series as (

    select
        series_level,
        region,
        category,
        max(data_cutoff) as data_cutoff
    from forecasts
    group by 1, 2, 3

),

sold as (

    select
        'cell' as series_level,
        region,
        category,
        month_start_date,
        sales_after_discount
    from {{ ref('int_sales_by_cell_month') }}

    union all

    select
        'region' as series_level,
        region,
        'ALL' as category,
        month_start_date,
        sum(sales_after_discount) as sales_after_discount
    from {{ ref('int_sales_by_cell_month') }}
    group by 1, 2, 3, 4

    union all

    select
        'category' as series_level,
        'ALL' as region,
        category,
        month_start_date,
        sum(sales_after_discount) as sales_after_discount
    from {{ ref('int_sales_by_cell_month') }}
    group by 1, 2, 3, 4

    union all

    select
        'all' as series_level,
        'ALL' as region,
        'ALL' as category,
        month_start_date,
        sum(sales_after_discount) as sales_after_discount
    from {{ ref('int_sales_by_cell_month') }}
    group by 1, 2, 3, 4

),

first_months as (

    select
        series_level,
        region,
        category,
        min(month_start_date) as first_month
    from sold
    group by 1, 2, 3

),

months as (

    select distinct
        month_start_date,
        month_end_date
    from {{ ref('dim_dates') }}

),

complete_months as (

    select
        series.series_level,
        series.region,
        series.category,
        months.month_start_date,
        series.data_cutoff,
        cast(coalesce(sold.sales_after_discount, 0) as {{ type_decimal(18, 4) }}) as actual_sales
    from series
    inner join first_months
        on
            series.series_level = first_months.series_level
            and series.region = first_months.region
            and series.category = first_months.category
    inner join months
        on
            first_months.first_month <= months.month_start_date
            and series.data_cutoff >= months.month_end_date
    left join sold
        on
            series.series_level = sold.series_level
            and series.region = sold.region
            and series.category = sold.category
            and months.month_start_date = sold.month_start_date

),

final as (

    select
        series_level,
        region,
        category,
        'actual' as model,
        cast(null as {{ type_text(500) }}) as reason,
        cast(0 as {{ type_integer() }}) as horizon,
        actual_sales,
        cast(null as {{ type_decimal(18, 4) }}) as forecast,
        cast(null as {{ type_decimal(18, 4) }}) as lower_80,
        cast(null as {{ type_decimal(18, 4) }}) as upper_80,
        cast(null as {{ type_decimal(18, 4) }}) as lower_95,
        cast(null as {{ type_decimal(18, 4) }}) as upper_95,
        false as is_forecast,
        false as is_champion,
        month_start_date,
        data_cutoff
    from complete_months

    union all

    select
        series_level,
        region,
        category,
        model,
        reason,
        horizon,
        cast(null as {{ type_decimal(18, 4) }}) as actual_sales,
        cast(forecast as {{ type_decimal(18, 4) }}) as forecast,
        cast(lower_80 as {{ type_decimal(18, 4) }}) as lower_80,
        cast(upper_80 as {{ type_decimal(18, 4) }}) as upper_80,
        cast(lower_95 as {{ type_decimal(18, 4) }}) as lower_95,
        cast(upper_95 as {{ type_decimal(18, 4) }}) as upper_95,
        true as is_forecast,
        is_champion,
        month_start_date,
        data_cutoff
    from forecasts

)

select * from final
