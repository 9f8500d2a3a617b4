{# Grain: one row per kpi_id, period_type and period_start_date, for the periods of
   int_period_totals. #}
{%- set order_value = safe_divide('totals.sales_after_discount', 'totals.orders') %}
{%- set purchase_frequency = safe_divide('totals.customer_orders', 'totals.customers') %}
with

valued as (

    select
        kpis.kpi_id,
        totals.period_type,
        totals.period_start_date,
        case totals.period_type
            when 'year' then {{ add_months('totals.period_start_date', -12) }}
            when 'month' then {{ add_months('totals.period_start_date', -1) }}
        end as prior_start_date,
        kpis.kpi_name,
        kpis.unit,
        kpis.better,
        kpis.target_value,
        totals.is_complete,
        cast(
            case kpis.kpi_id
                when 'net_sales' then totals.sales_after_discount - totals.returns
                when 'sales_after_discount' then totals.sales_after_discount
                when 'orders' then totals.orders
                when 'customers' then totals.customers
                when 'units_sold' then totals.units_sold
                when 'average_order_value' then {{ order_value }}
                when 'average_order_value_net'
                    then {{ safe_divide('totals.net_sales_by_order_date', 'totals.orders') }}
                when 'units_per_order' then {{ safe_divide('totals.units_sold', 'totals.orders') }}
                when 'average_selling_price'
                    then {{ safe_divide('totals.sales_after_discount', 'totals.units_sold') }}
                when 'purchase_frequency' then {{ purchase_frequency }}
                when 'simple_customer_value'
                    then ({{ order_value }}) * ({{ purchase_frequency }})
                when 'repeat_rate'
                    then
                        {{ safe_divide('totals.repeat_customers', 'totals.qualifying_customers') }}
                when 'return_rate_value'
                    then {{ safe_divide('totals.mature_returns', 'totals.mature_sales') }}
                when 'cancellation_rate'
                    then
                        {{ safe_divide(
                            'totals.cancelled_orders', '(totals.cancelled_orders + totals.orders)'
                        ) }}
                when 'gross_margin_rate'
                    then {{ safe_divide('totals.gross_margin', 'totals.net_sales_with_cost') }}
                when 'guest_share'
                    then
                        {{ safe_divide(
                            'totals.guest_net_sales', 'totals.net_sales_by_order_date'
                        ) }}
            end as {{ type_decimal(28, 6) }}
        ) as kpi_value
    from {{ ref('int_period_totals') }} as totals
    cross join {{ ref('kpis') }} as kpis

),

final as (

    select
        valued.kpi_id,
        valued.period_type,
        valued.period_start_date,
        valued.kpi_name,
        valued.unit,
        valued.kpi_value,
        previous.kpi_value as prior_value,
        cast(valued.target_value as {{ type_decimal(28, 6) }}) as target_value,
        case
            when valued.kpi_value is null then 'not_available'
            when valued.target_value is null then 'no_target'
            when valued.better = 'up' and valued.kpi_value >= valued.target_value then 'met'
            when valued.better = 'down' and valued.kpi_value <= valued.target_value then 'met'
            else 'missed'
        end as kpi_status,
        valued.is_complete
    from valued
    left join valued as previous
        on
            valued.kpi_id = previous.kpi_id
            and valued.period_type = previous.period_type
            and valued.prior_start_date = previous.period_start_date

)

select * from final
