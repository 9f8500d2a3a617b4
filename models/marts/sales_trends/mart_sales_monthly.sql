{# Grain: one row per month, slice_type and slice_name. The month 1900-01-01 holds sales and returns
   without a date. #}
{%- set same_days = 'day({date}) <= day(run_context.as_of_date)' %}
with

run_context as (

    select * from {{ ref('run_context') }}

),

sales as (

    select
        sales_sliced.slice_type,
        sales_sliced.slice_name,
        {{ start_of_month('sales_sliced.order_date') }} as month_start_date,
        sum(sales_sliced.units_sold) as units_sold,
        sum(sales_sliced.gross_sales) as gross_sales,
        sum(sales_sliced.discounts) as discounts,
        sum(sales_sliced.sales_after_discount) as sales_after_discount,
        sum(sales_sliced.returns_ord) as returns_ord,
        sum(sales_sliced.net_sales_ord) as net_sales_ord,
        sum(sales_sliced.tax) as tax,
        sum(sales_sliced.shipping) as shipping,
        sum(
            sales_sliced.net_sales_ord + sales_sliced.tax + sales_sliced.shipping
            - sales_sliced.refunded_tax - sales_sliced.refunded_shipping
        ) as total_sales_ord,
        count(distinct sales_sliced.order_key) as orders,
        count(distinct case
            when sales_sliced.customer_key > 0 then sales_sliced.customer_key
        end) as customers,
        sum(
            case
                when {{ same_days.format(date='sales_sliced.order_date') }}
                    then sales_sliced.sales_after_discount
                else 0
            end
        ) as first_days_sales
    from {{ ref('fct_sales_sliced') }} as sales_sliced
    cross join run_context
    group by 1, 2, 3

),

returns as (

    select
        returns_sliced.slice_type,
        returns_sliced.slice_name,
        {{ start_of_month('returns_sliced.return_date') }} as month_start_date,
        sum(returns_sliced.returns_ev) as returns_ev,
        sum(returns_sliced.unlinked_returns) as unlinked_returns,
        sum(
            case
                when {{ same_days.format(date='returns_sliced.return_date') }}
                    then returns_sliced.returns_ev
                else 0
            end
        ) as first_days_returns
    from {{ ref('fct_returns_sliced') }} as returns_sliced
    cross join run_context
    group by 1, 2, 3

),

members as (

    select
        slice_type,
        slice_name,
        min(
            case when month_start_date > {{ unknown_date() }} then month_start_date end
        ) as first_month
    from (
        select
            slice_type,
            slice_name,
            month_start_date
        from sales
        union all
        select
            slice_type,
            slice_name,
            month_start_date
        from returns
    ) as months_active
    group by 1, 2

),

months as (

    select distinct
        dates.month_start_date,
        dates.month_end_date <= run_context.as_of_date as is_complete
    from {{ ref('dim_dates') }} as dates
    cross join run_context
    where
        dates.month_start_date >= (select min(members.first_month) from members)
        and dates.month_start_date <= run_context.as_of_date
        and not dates.is_unknown

    union

    -- Sales and returns without a date have a row of their own, so that totals add up.
    select
        month_start_date,
        false as is_complete
    from sales
    where month_start_date = {{ unknown_date() }}

    union

    select
        month_start_date,
        false as is_complete
    from returns
    where month_start_date = {{ unknown_date() }}

),

measured as (

    select
        months.month_start_date,
        members.slice_type,
        members.slice_name,
        coalesce(sales.units_sold, 0) as units_sold,
        coalesce(sales.gross_sales, 0) as gross_sales,
        coalesce(sales.discounts, 0) as discounts,
        coalesce(sales.sales_after_discount, 0) as sales_after_discount,
        coalesce(returns.returns_ev, 0) as returns_ev,
        coalesce(sales.returns_ord, 0) + coalesce(returns.unlinked_returns, 0) as returns_ord,
        coalesce(sales.sales_after_discount, 0) - coalesce(returns.returns_ev, 0) as net_sales_ev,
        coalesce(sales.net_sales_ord, 0) - coalesce(returns.unlinked_returns, 0) as net_sales_ord,
        case when members.slice_type <> 'category' then coalesce(sales.tax, 0) end as tax,
        case when members.slice_type <> 'category' then coalesce(sales.shipping, 0) end as shipping,
        case
            when members.slice_type <> 'category'
                then coalesce(sales.total_sales_ord, 0) - coalesce(returns.unlinked_returns, 0)
        end as total_sales_ord,
        coalesce(sales.orders, 0) as orders,
        coalesce(sales.customers, 0) as customers,
        coalesce(sales.first_days_sales, 0)
        - coalesce(returns.first_days_returns, 0) as first_days_net_sales_ev,
        months.is_complete,
        months.month_start_date > {{ unknown_date() }}
        and (
            members.first_month is null or months.month_start_date < members.first_month
        ) as is_prelaunch,
        months.month_start_date = {{ unknown_date() }} as is_undated
    from months
    cross join members
    left join sales
        on
            months.month_start_date = sales.month_start_date
            and members.slice_type = sales.slice_type
            and members.slice_name = sales.slice_name
    left join returns
        on
            months.month_start_date = returns.month_start_date
            and members.slice_type = returns.slice_type
            and members.slice_name = returns.slice_name

),

compared as (

    select
        measured.*,
        previous.net_sales_ev as prior_net_sales_ev,
        prior_year.net_sales_ev as prior_year_net_sales_ev,
        totals.sales_after_discount as total_sales_after_discount,
        case
            when not measured.is_complete and not measured.is_undated
                then previous.first_days_net_sales_ev
        end as same_days_prior,
        sum(measured.net_sales_ev) over (
            partition by measured.slice_type, measured.slice_name, year(measured.month_start_date)
            order by measured.month_start_date
            rows between unbounded preceding and current row
        ) as net_sales_ev_year_to_date
    from measured
    inner join measured as totals
        on
            measured.month_start_date = totals.month_start_date
            and totals.slice_type = 'all'
    left join measured as previous
        on
            measured.slice_type = previous.slice_type
            and measured.slice_name = previous.slice_name
            and {{ add_months('measured.month_start_date', -1) }} = previous.month_start_date
            and not previous.is_undated
    left join measured as prior_year
        on
            measured.slice_type = prior_year.slice_type
            and measured.slice_name = prior_year.slice_name
            and {{ add_months('measured.month_start_date', -12) }} = prior_year.month_start_date
            and not prior_year.is_undated

),

judged as (

    select
        *,
        {{ growth_status('prior_net_sales_ev') }} as growth_status,
        {{ growth_status('prior_year_net_sales_ev') }} as yearly_growth_status
    from compared

),

final as (

    select
        month_start_date,
        slice_type,
        slice_name,
        cast(units_sold as {{ type_integer() }}) as units_sold,
        {%- for measure in [
            'gross_sales', 'discounts', 'sales_after_discount', 'returns_ev', 'returns_ord',
            'net_sales_ev', 'net_sales_ord', 'tax', 'shipping', 'total_sales_ord'
        ] %}
        cast({{ measure }} as {{ type_decimal(18, 4) }}) as {{ measure }},
        {%- endfor %}
        cast(orders as {{ type_integer() }}) as orders,
        cast(customers as {{ type_integer() }}) as customers,
        {{ safe_divide('sales_after_discount', 'orders') }} as aov,
        {{ safe_divide('sales_after_discount', 'total_sales_after_discount', 10) }}
            as share_of_total,
        cast(net_sales_ev_year_to_date as {{ type_decimal(18, 4) }}) as net_sales_ev_year_to_date,
        cast(prior_net_sales_ev as {{ type_decimal(18, 4) }}) as prior_net_sales_ev,
        cast(net_sales_ev - prior_net_sales_ev as {{ type_decimal(18, 4) }}) as mom_abs,
        case
            when growth_status = 'ok'
                then {{ safe_divide('(net_sales_ev - prior_net_sales_ev)', 'prior_net_sales_ev') }}
        end as mom_pct,
        growth_status,
        cast(same_days_prior as {{ type_decimal(18, 4) }}) as same_days_prior,
        case
            when same_days_prior > 0
                then {{ safe_divide('(net_sales_ev - same_days_prior)', 'same_days_prior') }}
        end as same_days_pct,
        cast(prior_year_net_sales_ev as {{ type_decimal(18, 4) }}) as prior_year_net_sales_ev,
        case
            when yearly_growth_status = 'ok'
                then {{ safe_divide(
                    '(net_sales_ev - prior_year_net_sales_ev)', 'prior_year_net_sales_ev'
                ) }}
        end as yoy_pct,
        yearly_growth_status,
        is_complete,
        is_prelaunch,
        is_undated
    from judged

)

select * from final
