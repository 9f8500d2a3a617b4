{# Are we where we want to be? One row per headline figure, of the last month that is over: its
   value, the month before, the target and whether it is met, with the value of all time next to it.
   A ratio of 0.1 is ten per cent. Targets stand in the seed kpis. #}
with

last_month as (

    select max(month_start_date) as month_start_date
    from {{ ref('mart_kpi_by_month') }}
    where is_complete

)

select
    months.kpi_name,
    months.unit,
    months.month_start_date,
    months.kpi_value,
    months.prior_value,
    months.kpi_value - months.prior_value as change_on_month_before,
    months.target_value,
    months.kpi_status,
    all_time.kpi_value as value_of_all_time
from {{ ref('mart_kpi_by_month') }} as months
inner join last_month
    on months.month_start_date = last_month.month_start_date
inner join {{ ref('mart_kpi') }} as all_time
    on months.kpi_id = all_time.kpi_id
order by months.kpi_status, months.kpi_name
