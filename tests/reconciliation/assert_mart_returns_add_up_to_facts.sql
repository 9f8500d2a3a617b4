{# The members of every slice type add up to the order lines of the facts, and the reasons to all
   counted returns. #}
{# The slices are private to the marts. #}
{{ config(group='marts') }}
with

slices as (

    select
        slice_type,
        sum(units_sold) as units_sold,
        sum(returned_units) as returned_units,
        sum(sales_after_discount) as sales_after_discount,
        sum(returns_by_order_date) as returns_by_order_date
    from {{ ref('int_returns_by_slice') }}
    group by 1

),

facts as (

    {% for slice_type in ['all', 'source_system', 'region', 'segment', 'channel', 'category',
                          'order_month'] -%}
    select
        '{{ slice_type }}' as slice_type,
        coalesce(sum(units_sold), 0) as units_sold,
        coalesce(sum(returned_units), 0) as returned_units,
        coalesce(sum(sales_after_discount), 0) as sales_after_discount,
        coalesce(sum(returns_by_order_date), 0) as returns_by_order_date
    from {{ ref('fct_sales') }}
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
),

reasons as (

    select
        coalesce(sum(return_lines), 0) as return_lines,
        coalesce(sum(returned_units), 0) as returned_units,
        coalesce(sum(returns), 0) as returns
    from {{ ref('mart_return_reasons') }}

),

returned as (

    select
        count(*) as return_lines,
        coalesce(sum(returned_units), 0) as returned_units,
        coalesce(sum(returns), 0) as returns
    from {{ ref('fct_returns') }}
    where is_counted

)

select facts.slice_type
from facts
left join slices
    on facts.slice_type = slices.slice_type
where
    facts.units_sold <> coalesce(slices.units_sold, 0)
    or facts.returned_units <> coalesce(slices.returned_units, 0)
    or facts.sales_after_discount <> coalesce(slices.sales_after_discount, 0)
    or facts.returns_by_order_date <> coalesce(slices.returns_by_order_date, 0)

union all

select 'return reasons' as slice_type
from reasons
cross join returned
where
    reasons.return_lines <> returned.return_lines
    or reasons.returned_units <> returned.returned_units
    or reasons.returns <> returned.returns
