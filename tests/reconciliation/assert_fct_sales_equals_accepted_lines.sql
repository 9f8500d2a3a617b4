{# fct_sales has the accepted order lines and no others, and what they were worth: list value less
   the discounts that could be given. #}
with

accepted as (

    select
        source_system,
        count(*) as line_count,
        sum(coalesce(gross_amount, quantity * unit_price, 0)) as gross_amount
    from {{ ref('int_order_items_screened') }}
    where row_outcome = 'accepted'
    group by 1

),

discounts as (

    select
        source_system,
        sum(line_discount + order_discount_allocation) as discount_amount
    from {{ ref('int_order_items_priced') }}
    group by 1

),

facts as (

    select
        source_system,
        count(*) as line_count,
        sum(ordered_amount) as ordered_amount
    from {{ ref('fct_sales') }}
    group by 1

)

select
    accepted.source_system,
    accepted.line_count,
    facts.line_count as fact_line_count,
    accepted.gross_amount,
    discounts.discount_amount,
    facts.ordered_amount
from accepted
inner join discounts
    on accepted.source_system = discounts.source_system
left join facts
    on accepted.source_system = facts.source_system
where
    accepted.line_count <> coalesce(facts.line_count, 0)
    or abs(
        accepted.gross_amount - discounts.discount_amount - coalesce(facts.ordered_amount, 0)
    ) > 0.00005
