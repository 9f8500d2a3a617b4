{# Grain: one row per slice_type and slice_name. Slice types: all, ticket_type, severity, month. #}
{%- set sla_days = var('support_sla_days') %}
{%- set counts = {
    'tickets': '1 = 1',
    'complaint_tickets': 'is_complaint',
    'open_tickets': 'not is_resolved',
    'resolved_tickets': 'is_resolved',
    'overdue_tickets': 'open_days > ' ~ sla_days,
    'resolved_in_time': 'resolution_hours <= ' ~ 24 * sla_days
} %}
{%- set durations = ['first_response_hours', 'resolution_hours'] %}
with

tickets as (

    select
        tickets.*,
        {{ month_label('tickets.opened_date') }} as opened_month
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
        {{ month_label('order_date') }} as slice_name,
        count(*) as orders
    from {{ ref('fct_orders') }}
    where is_counted and is_dated
    group by 1, 2

),

sliced as (

    {% for slice_type, slice_name in [
        ['all', "'All tickets'"], ['ticket_type', 'ticket_type'],
        ['severity', 'severity'], ['month', 'opened_month']
    ] -%}
    select
        '{{ slice_type }}' as slice_type,
        {{ slice_name }} as slice_name,
        ticket_key,
        order_key,
        customer_key,
        is_complaint,
        is_resolved,
        open_days,
        case when is_resolved then first_response_hours end as first_response_hours,
        resolution_hours
    from tickets
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
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
        {%- for measure, condition in counts.items() %}
        cast(
            sum(case when {{ condition }} then 1 else 0 end) as {{ type_integer() }}
        ) as {{ measure }},
        {%- endfor %}
        {%- for duration in durations %}
        {{ safe_divide('sum(' ~ duration ~ ')', 'count(' ~ duration ~ ')', 2) }}
            as average_{{ duration }},
        {{ group_median(duration) }} as median_{{ duration }},
        {{ group_percentile(duration) }} as percentile_90_{{ duration }},
        {%- endfor %}
        count(distinct case when customer_key > 0 then customer_key end) as customers,
        sum(case when is_complaint and order_key > 0 then 1 else 0 end) as complaints_with_order
    from positioned
    group by 1, 2

),

final as (

    select
        totals.slice_type,
        totals.slice_name,
        totals.{{ (['customers'] + counts | list) | join(',\n        totals.') }},
        {{ safe_divide(
            'totals.resolved_in_time', '(totals.resolved_tickets + totals.overdue_tickets)'
        ) }} as sla_rate,
        {%- for duration in durations %}
        totals.average_{{ duration }},
        totals.median_{{ duration }},
        totals.percentile_90_{{ duration }},
        {%- endfor %}
        case
            when totals.slice_type in ('all', 'month')
                then cast(coalesce(orders.orders, 0) as {{ type_integer() }})
        end as orders,
        {{ safe_divide('1000 * totals.complaints_with_order', 'orders.orders') }}
            as complaint_rate_per_1000,
        cast(
            totals.complaint_tickets - totals.complaints_with_order as {{ type_integer() }}
        ) as complaints_without_order,
        totals.slice_type <> 'all' and {{ is_small_cell('totals.customers') }} as is_small_cell
    from totals
    left join orders
        on
            totals.slice_type = orders.slice_type
            and totals.slice_name = orders.slice_name

)

select * from final
