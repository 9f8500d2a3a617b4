{# The changes of the members of a slice type, and their effects together, are those of all sales,
   whose change is that of mart_sales_monthly. #}
{%- set measures = [
    'prior_net_sales_ev', 'net_sales_ev', 'change_abs', 'returns_effect'
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
    from {{ ref('mart_sales_change_drivers') }}
    group by 1, 2

),

months as (

    select
        month_start_date,
        mom_abs
    from {{ ref('mart_sales_monthly') }}
    where
        slice_type = 'all'
        and mom_abs is not null

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
    or totals.change_abs <> months.mom_abs
    or drivers.sales_effect <> totals.sales_effect
    {%- for measure in measures %}
    or drivers.{{ measure }} <> totals.{{ measure }}
    {%- endfor %}
