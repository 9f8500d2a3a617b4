{# Grain: one row per series_level, region, category, month_start_date and model. Months that are
   over are those of the cube, from the first month of the series on; a month without sales is 0. #}
{%- set key = ['series_level', 'region', 'category'] %}
{%- set bounds = ['lower_80', 'upper_80', 'lower_95', 'upper_95'] %}
with

forecasts as (

    select * from {{ source('ml', 'ml_sales_forecast') }}

),

series as (

    select
        {{ key | join(',\n        ') }},
        max(data_cutoff) as data_cutoff
    from forecasts
    group by 1, 2, 3

),

sold as (

    select
        case grouping_id
            when 7 then 'all'
            when 3 then 'region'
            when 5 then 'category'
            else 'cell'
        end as series_level,
        region,
        category,
        period_start_date as month_start_date,
        sales_after_discount
    from {{ ref('mart_sales_cube') }}
    where
        period_type = 'month'
        and not is_undated
        and grouping_id in (1, 3, 5, 7)

),

first_months as (

    select
        {{ key | join(',\n        ') }},
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
        series.{{ key | join(',\n        series.') }},
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
        {{ key | join(',\n        ') }},
        'actual' as model,
        cast(null as {{ type_text(500) }}) as reason,
        cast(0 as {{ type_integer() }}) as horizon,
        actual_sales,
        cast(null as {{ type_decimal(18, 4) }}) as forecast,
        {%- for bound in bounds %}
        cast(null as {{ type_decimal(18, 4) }}) as {{ bound }},
        {%- endfor %}
        false as is_forecast,
        false as is_champion,
        month_start_date,
        data_cutoff
    from complete_months

    union all

    select
        {{ key | join(',\n        ') }},
        model,
        reason,
        horizon,
        cast(null as {{ type_decimal(18, 4) }}) as actual_sales,
        {%- for amount in ['forecast'] + bounds %}
        cast({{ amount }} as {{ type_decimal(18, 4) }}) as {{ amount }},
        {%- endfor %}
        true as is_forecast,
        is_champion,
        month_start_date,
        data_cutoff
    from forecasts

)

select * from final
