{# What is waiting for an answer from us? Unresolved tickets at as_of_date, by severity and age, the
   overdue first. overdue are older than the variable support_sla_days. unanswered had no first
   response at all: begin there. #}
{%- set sla_days = var('support_sla_days') %}
select
    case
        when tickets.open_days > {{ sla_days }} then '1: overdue, over {{ sla_days }} days'
        when tickets.open_days > 2 then '2: 3 to {{ sla_days }} days'
        else '3: up to 2 days'
    end as age,
    tickets.severity,
    count(*) as open_tickets,
    sum(case when tickets.is_complaint then 1 else 0 end) as complaints,
    sum(case when tickets.first_response_hours is null then 1 else 0 end) as unanswered,
    max(tickets.open_days) as oldest_open_days,
    min(tickets.opened_date) as opened_first_on
from {{ ref('fct_support_tickets') }} as tickets
cross join {{ ref('run_context') }} as run_context
where
    not tickets.is_resolved
    and tickets.opened_date <= run_context.as_of_date
group by 1, 2
order by 1 asc, 3 desc, 2 asc
