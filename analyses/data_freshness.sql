{# How fresh are the data? One row per source and kind of event, the stalest first: how many rows
   there are, from when to when, and how many days before as_of_date the last one is. A source that
   has stopped sending shows as many days_behind; events after as_of_date show as negative days. #}
{%- set events = [
    ['orders', 'fct_orders', 'order_date'],
    ['returns', 'fct_returns', 'return_date'],
    ['payments', 'fct_payments', 'paid_date'],
    ['feedback', 'fct_feedback', 'submitted_date'],
    ['support tickets', 'fct_support_tickets', 'opened_date']
] %}
with

events as (

    {% for name, relation, event_date in events -%}
    select
        source_system,
        '{{ name }}' as event_type,
        count(*) as dated_rows,
        min({{ event_date }}) as first_date,
        max({{ event_date }}) as last_date
    from {{ ref(relation) }}
    where {{ event_date }} > {{ unknown_date() }}
    group by 1, 2
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
)

select
    events.source_system,
    events.event_type,
    events.dated_rows,
    events.first_date,
    events.last_date,
    {{ days_between('events.last_date', 'run_context.as_of_date') }} as days_behind
from events
cross join {{ ref('run_context') }} as run_context
order by 6 desc, 1 asc, 2 asc
