{# Grain: one row per kpi_id, period_type and period_start_date, for the periods of
   int_period_totals. #}
{%- set order_value = safe_divide('sales_after_discount', 'orders') %}
{%- set purchase_frequency = safe_divide('customer_orders', 'customers') %}
{%- set kpi_values = [
    ['net_sales', 'sales_after_discount - returns'],
    ['sales_after_discount', 'sales_after_discount'],
    ['orders', 'orders'],
    ['customers', 'customers'],
    ['units_sold', 'units_sold'],
    ['average_order_value', order_value],
    ['average_order_value_net', safe_divide('net_sales_by_order_date', 'orders')],
    ['units_per_order', safe_divide('units_sold', 'orders')],
    ['average_selling_price', safe_divide('sales_after_discount', 'units_sold')],
    ['purchase_frequency', purchase_frequency],
    ['simple_customer_value', '(' ~ order_value ~ ') * (' ~ purchase_frequency ~ ')'],
    ['repeat_rate', safe_divide('repeat_customers', 'qualifying_customers')],
    ['return_rate_value', safe_divide('mature_returns', 'mature_sales')],
    ['cancellation_rate', safe_divide('cancelled_orders', '(cancelled_orders + orders)')],
    ['gross_margin_rate', safe_divide('gross_margin', 'net_sales_with_cost')],
    ['guest_share', safe_divide('guest_net_sales', 'net_sales_by_order_date')]
] %}
with

totals as (

    select * from {{ ref('int_period_totals') }}

),

kpis as (

    select * from {{ ref('kpis') }}

),

valued as (

    {% for kpi_id, kpi_value in kpi_values -%}
    select
        '{{ kpi_id }}' as kpi_id,
        period_type,
        period_start_date,
        is_complete,
        cast({{ kpi_value }} as {{ type_decimal(28, 6) }}) as kpi_value
    from totals
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
    inner join kpis
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
