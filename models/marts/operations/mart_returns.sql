{# Grain: one row per slice_type and slice_name: the slices of fct_sales_sliced, and the months in
   which the goods were ordered. #}
{%- set measures = [
    'orders', 'customers', 'units_sold', 'returned_units', 'sales_after_discount',
    'returns_by_order_date',
    'mature_units', 'mature_returned_units', 'immature_units', 'mature_sales', 'mature_returns'
] %}
{%- set amounts = [
    'sales_after_discount', 'returns_by_order_date', 'mature_sales', 'mature_returns'
] %}
with

sales as (

    select * from {{ ref('fct_sales_sliced') }}

),

run_context as (

    select * from {{ ref('run_context') }}

),

sliced as (

    select
        slice_type,
        slice_name,
        customer_key,
        order_date,
        units_sold,
        returned_units,
        sales_after_discount,
        returns_by_order_date
    from sales

    union all

    select
        'order_month' as slice_type,
        {{ month_label('order_date') }} as slice_name,
        customer_key,
        order_date,
        units_sold,
        returned_units,
        sales_after_discount,
        returns_by_order_date
    from sales
    where
        slice_type = 'all'
        and order_date > {{ unknown_date() }}

),

judged as (

    select
        sliced.*,
        case when {{ is_mature('sliced.order_date') }} then 1 else 0 end as is_mature_order
    from sliced
    cross join run_context

),

totals as (

    select
        slice_type,
        slice_name,
        count(*) as orders,
        count(distinct case when customer_key > 0 then customer_key end) as customers,
        sum(units_sold) as units_sold,
        sum(returned_units) as returned_units,
        sum(sales_after_discount) as sales_after_discount,
        sum(returns_by_order_date) as returns_by_order_date,
        sum(is_mature_order * units_sold) as mature_units,
        sum(is_mature_order * returned_units) as mature_returned_units,
        sum((1 - is_mature_order) * units_sold) as immature_units,
        sum(is_mature_order * sales_after_discount) as mature_sales,
        sum(is_mature_order * returns_by_order_date) as mature_returns
    from judged
    group by 1, 2

),

final as (

    select
        slice_type,
        slice_name,
        {%- for measure in measures %}
        cast(
            {{ measure }}
            as {{ type_decimal(18, 4) if measure in amounts else type_integer() }}
        ) as {{ measure }},
        {%- endfor %}
        {{ safe_divide('mature_returned_units', 'mature_units') }} as return_rate_units,
        {{ safe_divide('mature_returns', 'mature_sales') }} as return_rate_value,
        slice_type <> 'all' and {{ is_small_cell('customers') }} as is_small_cell
    from totals

)

select * from final
