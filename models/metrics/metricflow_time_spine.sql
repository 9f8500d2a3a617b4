{# Grain: one row per calendar day up to as_of_date. MetricFlow looks for this name and column. #}
with

final as (

    select calendar_date as date_day
    from {{ ref('dim_dates') }}
    where not is_future

)

select * from final
