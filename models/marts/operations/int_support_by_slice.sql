{# Grain: one row per slice_type and slice_name. Slice types: all, ticket_type, severity, month. The
   name of a month is its first day. #}
{%- set sla_days = var('support_sla_days') %}
with

tickets as (

    select
        tickets.ticket_key,
        tickets.order_key,
        tickets.customer_key,
        tickets.ticket_type,
        tickets.severity,
        cast({{ start_of_month('tickets.opened_date') }} as {{ type_text(10) }}) as opened_month,
        case when tickets.is_resolved then tickets.first_response_hours end as first_response_hours,
        tickets.resolution_hours,
        tickets.is_complaint,
        tickets.is_resolved,
        tickets.open_days > {{ sla_days }} as is_overdue,
        tickets.resolution_hours <= {{ 24 * sla_days }} as is_resolved_in_time
    from {{ ref('fct_support_tickets') }} as tickets
    cross join {{ ref('run_context') }} as run_context
    where tickets.opened_date <= run_context.as_of_date

),

orders as (

    select
        'all' as slice_type,
        'All tickets' as slice_name,
        count(*) as orders
    from {{ ref('fct_orders') }}
    where is_counted

    union all

    select
        'month' as slice_type,
        cast({{ start_of_month('order_date') }} as {{ type_text(10) }}) as slice_name,
        count(*) as orders
    from {{ ref('fct_orders') }}
    where is_counted and is_dated
    group by 1, 2

),

slice_types as (

    select 'all' as slice_type
    union all
    select 'ticket_type' as slice_type
    union all
    select 'severity' as slice_type
    union all
    select 'month' as slice_type

),

sliced as (

    select
        slice_types.slice_type,
        case slice_types.slice_type
            when 'all' then 'All tickets'
            when 'ticket_type' then tickets.ticket_type
            when 'severity' then tickets.severity
            when 'month' then tickets.opened_month
        end as slice_name,
        tickets.*
    from tickets
    cross join slice_types

),

positioned as (

    select
        *,
        {{ group_positions(
            'first_response_hours', ['slice_type', 'slice_name'], 'ticket_key'
        ) | indent(8) }},
        {{ group_positions(
            'resolution_hours', ['slice_type', 'slice_name'], 'ticket_key'
        ) | indent(8) }}
    from sliced

),

totals as (

    select
        slice_type,
        slice_name,
        count(*) as tickets,
        count(case when is_complaint then 1 end) as complaint_tickets,
        count(case when is_resolved then null else 1 end) as open_tickets,
        count(case when is_resolved then 1 end) as resolved_tickets,
        count(case when is_overdue then 1 end) as overdue_tickets,
        count(case when is_resolved_in_time then 1 end) as resolved_in_time,
        {{ safe_divide('sum(first_response_hours)', 'count(first_response_hours)', 2) }}
            as average_first_response_hours,
        {{ group_median('first_response_hours') }} as median_first_response_hours,
        {{ group_percentile('first_response_hours') }} as percentile_90_first_response_hours,
        {{ safe_divide('sum(resolution_hours)', 'count(resolution_hours)', 2) }}
            as average_resolution_hours,
        {{ group_median('resolution_hours') }} as median_resolution_hours,
        {{ group_percentile('resolution_hours') }} as percentile_90_resolution_hours,
        count(distinct case when customer_key > 0 then customer_key end) as customers,
        count(case when is_complaint and order_key > 0 then 1 end) as complaints_with_order
    from positioned
    group by 1, 2

),

final as (

    select
        totals.slice_type,
        totals.slice_name,
        cast(totals.tickets as {{ type_integer() }}) as tickets,
        cast(totals.complaint_tickets as {{ type_integer() }}) as complaint_tickets,
        cast(totals.open_tickets as {{ type_integer() }}) as open_tickets,
        cast(totals.resolved_tickets as {{ type_integer() }}) as resolved_tickets,
        cast(totals.overdue_tickets as {{ type_integer() }}) as overdue_tickets,
        cast(totals.resolved_in_time as {{ type_integer() }}) as resolved_in_time,
        {{ safe_divide(
            'totals.resolved_in_time', '(totals.resolved_tickets + totals.overdue_tickets)'
        ) }} as sla_rate,
        totals.average_first_response_hours,
        totals.median_first_response_hours,
        totals.percentile_90_first_response_hours,
        totals.average_resolution_hours,
        totals.median_resolution_hours,
        totals.percentile_90_resolution_hours,
        case
            when totals.slice_type in ('all', 'month')
                then cast(coalesce(orders.orders, 0) as {{ type_integer() }})
        end as orders,
        {{ safe_divide('1000 * totals.complaints_with_order', 'orders.orders') }}
            as complaint_rate_per_1000,
        cast(
            totals.complaint_tickets - totals.complaints_with_order as {{ type_integer() }}
        ) as complaints_without_order,
        cast(totals.customers as {{ type_integer() }}) as customers,
        totals.slice_type <> 'all' and {{ is_small_cell('totals.customers') }} as is_small_cell
    from totals
    left join orders
        on
            totals.slice_type = orders.slice_type
            and totals.slice_name = orders.slice_name

)

select * from final
