{# Grain: one row per kpi_id, period_type and period_start_date. Period types: all, year, month. The
   period 'all' starts on 1900-01-01 and includes what has no date; no other period does. #}
{%- set year_text = "cast(year({date}) as " ~ type_text(4) ~ ")" %}
{%- set year_start = "cast(" ~ concat_text([year_text, "'-01-01'"]) ~ " as date)" %}
{%- set period_starts = {
    'all': unknown_date(), 'year': year_start, 'month': start_of_month('{date}')
} %}
{%- set kpi_values = [
    ['net_sales', 'sales_after_discount - returns_ev'],
    ['sales_after_discount', 'sales_after_discount'],
    ['orders', 'orders'],
    ['customers', 'customers'],
    ['units_sold', 'units_sold'],
    ['average_order_value', safe_divide('sales_after_discount', 'orders')],
    ['repeat_rate', safe_divide('repeat_customers', 'qualifying_customers')],
    ['return_rate_value', safe_divide('mature_returns', 'mature_sales')],
    ['cancellation_rate', safe_divide('cancelled_orders', '(cancelled_orders + orders)')],
    ['gross_margin_rate', safe_divide('gross_margin', 'net_sales_with_cost')],
    ['guest_share', safe_divide('guest_net_sales', 'net_sales_ord')]
] %}
with

run_context as (

    select * from {{ ref('run_context') }}

),

orders as (

    select * from {{ ref('fct_orders') }}
    where not is_future

),

returns as (

    select * from {{ ref('fct_returns') }}
    where is_counted

),

order_periods as (

    {% for period_type, period_start in period_starts.items() -%}
    select
        '{{ period_type }}' as period_type,
        {{ period_start.replace('{date}', 'orders.order_date') }} as period_start_date,
        orders.customer_key,
        sum(case when orders.is_counted then 1 else 0 end) as orders,
        sum(case when orders.is_cancelled then 1 else 0 end) as cancelled_orders,
        sum(case when orders.is_qualifying then 1 else 0 end) as qualifying_orders,
        sum(orders.units_sold) as units_sold,
        sum(orders.sales_after_discount) as sales_after_discount,
        sum(orders.net_sales_ord) as net_sales_ord,
        sum(orders.net_sales_with_cost) as net_sales_with_cost,
        sum(orders.gross_margin) as gross_margin,
        sum(case
            when {{ is_mature('orders.order_date') }} then orders.sales_after_discount
            else 0
        end) as mature_sales,
        sum(case
            when {{ is_mature('orders.order_date') }} then orders.returns_ord
            else 0
        end) as mature_returns
    from orders
    cross join run_context
    {%- if period_type != 'all' %}
    where orders.is_dated
    {%- endif %}
    group by 1, 2, 3
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
),

totals as (

    select
        period_type,
        period_start_date,
        sum(orders) as orders,
        sum(cancelled_orders) as cancelled_orders,
        sum(case when customer_key > 0 and orders > 0 then 1 else 0 end) as customers,
        sum(
            case when customer_key > 0 and qualifying_orders >= 1 then 1 else 0 end
        ) as qualifying_customers,
        sum(
            case when customer_key > 0 and qualifying_orders >= 2 then 1 else 0 end
        ) as repeat_customers,
        sum(units_sold) as units_sold,
        sum(sales_after_discount) as sales_after_discount,
        sum(net_sales_ord) as net_sales_ord,
        sum(case when customer_key = -2 then net_sales_ord else 0 end) as guest_net_sales,
        sum(net_sales_with_cost) as net_sales_with_cost,
        sum(gross_margin) as gross_margin,
        sum(mature_sales) as mature_sales,
        sum(mature_returns) as mature_returns
    from order_periods
    group by 1, 2

),

return_periods as (

    {% for period_type, period_start in period_starts.items() -%}
    select
        '{{ period_type }}' as period_type,
        {{ period_start.replace('{date}', 'return_date') }} as period_start_date,
        sum(returns_ev) as returns_ev,
        sum(case when is_order_linked then 0 else returns_ev end) as unlinked_returns,
        sum(
            case when not is_order_linked and customer_key = -2 then returns_ev else 0 end
        ) as guest_unlinked_returns
    from returns
    {%- if period_type != 'all' %}
    where is_dated
    {%- endif %}
    group by 1, 2
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
),

periods as (

    select distinct
        'month' as period_type,
        dates.month_start_date as period_start_date,
        dates.month_end_date <= run_context.as_of_date as is_complete
    from {{ ref('dim_dates') }} as dates
    cross join run_context
    where
        not dates.is_unknown
        and dates.month_start_date between
        {{ start_of_month('run_context.first_order_date') }} and run_context.as_of_date

    union

    select distinct
        'year' as period_type,
        {{ year_start.replace('{date}', 'dates.calendar_date') }} as period_start_date,
        {{ days_between(
            'run_context.as_of_date',
            "cast("
            ~ concat_text([year_text.replace('{date}', 'dates.calendar_date'), "'-12-31'"])
            ~ " as date)"
        ) }} <= 0 as is_complete
    from {{ ref('dim_dates') }} as dates
    cross join run_context
    where
        not dates.is_unknown
        and dates.calendar_date between run_context.first_order_date and run_context.as_of_date

    union

    select
        'all' as period_type,
        {{ unknown_date() }} as period_start_date,
        true as is_complete
    from run_context

),

combined as (

    select
        periods.period_type,
        periods.period_start_date,
        periods.is_complete,
        coalesce(totals.orders, 0) as orders,
        coalesce(totals.cancelled_orders, 0) as cancelled_orders,
        coalesce(totals.customers, 0) as customers,
        coalesce(totals.qualifying_customers, 0) as qualifying_customers,
        coalesce(totals.repeat_customers, 0) as repeat_customers,
        coalesce(totals.units_sold, 0) as units_sold,
        coalesce(totals.sales_after_discount, 0) as sales_after_discount,
        coalesce(totals.net_sales_ord, 0)
        - coalesce(return_periods.unlinked_returns, 0) as net_sales_ord,
        coalesce(totals.guest_net_sales, 0)
        - coalesce(return_periods.guest_unlinked_returns, 0) as guest_net_sales,
        coalesce(totals.net_sales_with_cost, 0) as net_sales_with_cost,
        coalesce(totals.gross_margin, 0) as gross_margin,
        coalesce(totals.mature_sales, 0) as mature_sales,
        coalesce(totals.mature_returns, 0) as mature_returns,
        coalesce(return_periods.returns_ev, 0) as returns_ev
    from periods
    left join totals
        on
            periods.period_type = totals.period_type
            and periods.period_start_date = totals.period_start_date
    left join return_periods
        on
            periods.period_type = return_periods.period_type
            and periods.period_start_date = return_periods.period_start_date

),

valued as (

    {% for kpi_id, kpi_value in kpi_values -%}
    select
        '{{ kpi_id }}' as kpi_id,
        period_type,
        period_start_date,
        is_complete,
        cast({{ kpi_value }} as {{ type_decimal(28, 6) }}) as kpi_value
    from combined
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
),

final as (

    select
        valued.kpi_id,
        valued.period_type,
        valued.period_start_date,
        kpis.kpi_name,
        kpis.unit,
        valued.kpi_value,
        previous.kpi_value as prior_value,
        cast(kpis.target_value as {{ type_decimal(28, 6) }}) as target_value,
        case
            when valued.kpi_value is null then 'not_available'
            when kpis.target_value is null then 'no_target'
            when kpis.better = 'up' and valued.kpi_value >= kpis.target_value then 'met'
            when kpis.better = 'down' and valued.kpi_value <= kpis.target_value then 'met'
            else 'missed'
        end as kpi_status,
        valued.is_complete
    from valued
    inner join {{ ref('kpis') }} as kpis
        on valued.kpi_id = kpis.kpi_id
    left join valued as previous
        on
            valued.kpi_id = previous.kpi_id
            and valued.period_type = previous.period_type
            and valued.period_type <> 'all'
            and previous.period_start_date = case
                when valued.period_type = 'year'
                    then {{ add_months('valued.period_start_date', -12) }}
                else {{ add_months('valued.period_start_date', -1) }}
            end

)

select * from final
