{# The changes of the members of a slice type, and their effects together, are those of all sales,
   whose change is that of mart_sales_monthly. #}
{{ config(group='marts') }}
{%- set measures = [
    'prior_net_sales', 'net_sales', 'absolute_change', 'returns_effect'
] %}
with

drivers as (

    select
        month_start_date,
        slice_type,
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        sum(volume_effect + mix_effect + price_effect + new_effect + residual) as sales_effect
    from {{ ref('int_sales_change_drivers') }}
    group by 1, 2

),

months as (

    select
        month_start_date,
        month_over_month_change
    from {{ ref('mart_sales_monthly') }}
    where month_over_month_change is not null

)

select
    months.month_start_date,
    drivers.slice_type
from months
left join drivers
    on months.month_start_date = drivers.month_start_date
left join drivers as totals
    on
        months.month_start_date = totals.month_start_date
        and totals.slice_type = 'all'
where
    totals.slice_type is null
    or totals.absolute_change <> months.month_over_month_change
    or drivers.sales_effect <> totals.sales_effect
    {%- for measure in measures %}
    or drivers.{{ measure }} <> totals.{{ measure }}
    {%- endfor %}
