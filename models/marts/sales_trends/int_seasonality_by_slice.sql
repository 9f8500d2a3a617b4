{# Grain: one row per slice_type, slice_name and month_of_year. #}
with

months as (

    select * from {{ ref('fct_sales_by_month') }}

),

members as (

    select distinct
        slice_type,
        slice_name
    from months

),

months_of_year as (

    select distinct month_of_year
    from {{ ref('dim_dates') }}

),

business as (

    select count(distinct month_start_date) as complete_months
    from months
    where is_complete

),

years as (

    select
        slice_type,
        slice_name,
        year(month_start_date) as calendar_year,
        sum(sales_after_discount) as sales_of_year
    from months
    where is_complete
    group by 1, 2, 3
    having count(*) = 12 and sum(sales_after_discount) > 0

),

shares as (

    select
        months.slice_type,
        months.slice_name,
        month(months.month_start_date) as month_of_year,
        months.sales_after_discount,
        {{ safe_divide('months.sales_after_discount', 'years.sales_of_year', 10) }} as share_of_year
    from months
    inner join years
        on
            months.slice_type = years.slice_type
            and months.slice_name = years.slice_name
            and year(months.month_start_date) = years.calendar_year

),

measured as (

    select
        slice_type,
        slice_name,
        month_of_year,
        cast(count(*) as {{ type_integer() }}) as complete_years,
        cast(sum(sales_after_discount) as {{ type_decimal(18, 4) }}) as sales_after_discount,
        cast(sum(share_of_year) as {{ type_decimal(18, 10) }}) as share_total
    from shares
    group by 1, 2, 3

),

judged as (

    select
        members.slice_type,
        members.slice_name,
        months_of_year.month_of_year,
        business.complete_months,
        coalesce(measured.complete_years, 0) as complete_years,
        measured.sales_after_discount,
        measured.share_total,
        case
            when business.complete_months < 24 then 'too_few_months'
            when measured.complete_years is null then 'no_complete_year'
            else 'ok'
        end as index_status
    from members
    cross join months_of_year
    cross join business
    left join measured
        on
            members.slice_type = measured.slice_type
            and members.slice_name = measured.slice_name
            and months_of_year.month_of_year = measured.month_of_year

),

final as (

    select
        slice_type,
        slice_name,
        month_of_year,
        complete_months,
        complete_years,
        -- Both sides times a million: the shares have ten decimals, operands may have four.
        case
            when index_status = 'ok'
                then {{ safe_divide('share_total * 12000000', 'complete_years * 1000000') }}
        end as seasonality_index,
        index_status,
        case
            when index_status = 'ok'
                then {{ safe_divide('sales_after_discount', 'complete_years') }}
        end as average_sales_after_discount
    from judged

)

select * from final
