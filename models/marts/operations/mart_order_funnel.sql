{# Grain: one row per period_type (all, month), period_start_date and funnel_step. #}
{%- set steps = ['placed', 'confirmed', 'shipped', 'delivered', 'kept'] %}
{%- set timed_steps = ['shipped', 'delivered'] %}
with

steps as (

    {% for step in steps -%}
    select
        cast({{ loop.index }} as {{ type_integer() }}) as step_number,
        '{{ step }}' as funnel_step
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
),

periods as (

    select
        totals.period_type,
        totals.period_start_date,
        steps.step_number,
        steps.funnel_step
    from {{ ref('int_period_totals') }} as totals
    cross join steps
    where
        totals.period_type = 'all'
        or (totals.period_type = 'month' and totals.period_start_date > {{ unknown_date() }})

),

judged as (

    select
        orders.*,
        -- What was delivered has been shipped, whether or not the source says when.
        case
            when not orders.is_recognised then 1
            when
                statuses.order_status in ('delivered', 'partially_returned', 'returned')
                or orders.delivered_date <= run_context.as_of_date
                then case when orders.kept_units > 0 then 5 else 4 end
            when
                statuses.order_status = 'shipped'
                or orders.shipped_date <= run_context.as_of_date
                then 3
            else 2
        end as last_step_number
    from {{ ref('fct_orders') }} as orders
    inner join {{ ref('dim_order_statuses') }} as statuses
        on orders.order_status_key = statuses.order_status_key
    cross join {{ ref('run_context') }} as run_context
    where not orders.is_future

),

monthly as (

    select
        {{ start_of_month('order_date') }} as month_start_date,
        is_dated,
        last_step_number,
        {%- for step in timed_steps %}
        {%- set days = days_between('order_date', step ~ '_date') %}
        sum(case when is_dated then {{ days }} end) as {{ step }}_days,
        sum(case when is_dated and {{ step }}_date is not null then 1 else 0 end)
            as {{ step }}_dates,
        {%- endfor %}
        count(*) as orders
    from judged
    group by 1, 2, 3

),

counted as (

    select
        periods.period_type,
        periods.period_start_date,
        periods.funnel_step,
        periods.step_number,
        {%- for part in ['days', 'dates'] %}
        sum(
            case periods.funnel_step
                {%- for step in timed_steps %}
                when '{{ step }}' then monthly.{{ step }}_{{ part }}
                {%- endfor %}
            end
        ) as known_{{ part }},
        {%- endfor %}
        cast(coalesce(sum(monthly.orders), 0) as {{ type_integer() }}) as orders
    from periods
    left join monthly
        on
            periods.step_number <= monthly.last_step_number
            and (
                periods.period_type = 'all'
                or (monthly.is_dated and periods.period_start_date = monthly.month_start_date)
            )
    group by 1, 2, 3, 4

),

compared as (

    select
        *,
        -- No step has more orders than the first.
        max(orders) over (partition by period_type, period_start_date) as placed_orders,
        lag(orders) over (
            partition by period_type, period_start_date
            order by step_number
        ) as previous_orders
    from counted

),

final as (

    select
        period_type,
        period_start_date,
        funnel_step,
        step_number,
        orders,
        {{ safe_divide('orders', 'placed_orders') }} as share_of_placed,
        {{ safe_divide('orders', 'previous_orders') }} as share_of_previous_step,
        {{ safe_divide('known_days', 'known_dates') }} as average_days_from_order
    from compared

)

select * from final
