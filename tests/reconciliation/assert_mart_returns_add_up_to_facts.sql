{# The members of every slice type add up to the order lines of the facts, months to those with a
   date; and the reasons to all counted returns. #}
{%- set measures = [
    'units_sold', 'returned_units', 'sales_after_discount', 'returns_ord'
] %}
{%- set returned = ['return_lines', 'returned_units', 'returns_ev'] %}
with

slices as (

    select
        slice_type,
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('mart_returns') }}
    group by 1

),

facts as (

    select
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        sum(case when is_dated then {{ measure }} else 0 end) as dated_{{ measure }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('fct_sales') }}
    where is_counted

),

reasons as (

    select
        {%- for measure in returned %}
        coalesce(sum({{ measure }}), 0) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('mart_return_reasons') }}

),

returns as (

    select
        count(*) as return_lines,
        coalesce(sum(returned_units), 0) as returned_units,
        coalesce(sum(returns_ev), 0) as returns_ev
    from {{ ref('fct_returns') }}
    where is_counted

)

select slices.slice_type
from slices
cross join facts
where
    {%- for measure in measures %}
    {{ 'or ' if not loop.first }}slices.{{ measure }} <> case
        when slices.slice_type = 'order_month' then facts.dated_{{ measure }}
        else facts.{{ measure }}
    end
    {%- endfor %}

union all

select 'return reasons' as slice_type
from reasons
cross join returns
where
    {%- for measure in returned %}
    {{ 'or ' if not loop.first }}reasons.{{ measure }} <> returns.{{ measure }}
    {%- endfor %}
