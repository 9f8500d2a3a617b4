{# What came back on the day of the return equals what fct_sales takes off the day of the order,
   save credit notes that name no order, which have but one day. #}
with

events as (

    select
        source_system,
        sum(case when is_order_linked then returns else 0 end) as linked_returns
    from {{ ref('fct_returns') }}
    group by 1

),

order_lines as (

    select
        source_system,
        sum(returns_by_order_date) as returns_by_order_date
    from {{ ref('fct_sales') }}
    group by 1

)

select
    order_lines.source_system,
    order_lines.returns_by_order_date,
    events.linked_returns
from order_lines
left join events
    on order_lines.source_system = events.source_system
where order_lines.returns_by_order_date <> coalesce(events.linked_returns, 0)
