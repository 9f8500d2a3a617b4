-- The published forecasts add up: the cells to their region, their category and to everything.
with

champions as (

    select * from {{ source('ml', 'ml_sales_forecast') }}
    where is_champion and is_coherent

),

parents as (

    select
        parents.series_level,
        parents.region,
        parents.category,
        parents.month_start_date,
        max(parents.forecast) as forecast,
        sum(cells.forecast) as forecast_of_cells
    from champions as parents
    inner join champions as cells
        on
            parents.month_start_date = cells.month_start_date
            and parents.region in (cells.region, 'ALL')
            and parents.category in (cells.category, 'ALL')
    where
        parents.series_level <> 'cell'
        and cells.series_level = 'cell'
    group by 1, 2, 3, 4

),

final as (

    select * from parents
    where abs(forecast - forecast_of_cells) > 0.000001 * (1 + abs(forecast))

)

select * from final
