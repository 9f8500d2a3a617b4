{# Grain: one row per month, region, category and segment. Cells with is_all_categories hold
   complete orders under the category 'ALL': an order in two categories is in two of the others. A
   customer counts at the first order of a period, so that cells add up to distinct customers. #}
{%- set measures = [
    'units_sold', 'gross_sales', 'discounts', 'sales_after_discount', 'returns_by_order_date',
    'net_sales_by_order_date'
] %}
{%- set groupings = {
    'region_and_segment': 'sales.region, sales.segment, ',
    'region': 'sales.region, ',
    'segment': 'sales.segment, ',
    'neither': ''
} %}
{%- set firsts = {
    'month': 'coalesce(previous_{} < month_start_date, true)',
    'year': 'coalesce(year(previous_{}) < year(month_start_date), true)',
    'ever': 'previous_{} is null'
} %}
{%- set customers = {} %}
{%- for grouping in groupings -%}
{%- for first, condition in firsts.items() -%}
{%- set name = first ~ '_customers_by_' ~ grouping -%}
{%- do customers.update({name: condition.replace('{}', grouping)}) -%}
{%- endfor -%}
{%- endfor -%}
with

orders as (

    select
        orders.order_key,
        places.region,
        customer_versions.segment
    from {{ ref('fct_orders') }} as orders
    inner join {{ ref('dim_geography') }} as places
        on orders.geography_key = places.geography_key
    inner join {{ ref('dim_customers_history') }} as customer_versions
        on orders.customer_history_key = customer_versions.customer_history_key

),

sales as (

    select
        {{ start_of_month('sliced.order_date') }} as month_start_date,
        orders.region,
        case when sliced.slice_type = 'all' then 'ALL' else sliced.slice_name end as category,
        orders.segment,
        sliced.slice_type = 'all' as is_all_categories,
        sliced.order_key,
        sliced.order_date,
        sliced.customer_key,
        sliced.{{ measures | join(',\n        sliced.') }}
    from {{ ref('fct_sales_sliced') }} as sliced
    inner join orders
        on sliced.order_key = orders.order_key
    where sliced.slice_type in ('all', 'category')

),

sequenced as (

    select
        {%- for grouping, columns in groupings.items() %}
        lag(sales.order_date) over (
            partition by
                {{ columns }}sales.category, sales.is_all_categories, sales.customer_key
            order by sales.order_date, sales.order_key
        ) as previous_{{ grouping }},
        {%- endfor %}
        sales.*
    from sales

),

final as (

    select
        month_start_date,
        region,
        category,
        segment,
        is_all_categories,
        {%- for measure in measures %}
        cast(
            sum({{ measure }})
            as {{ type_integer() if measure == 'units_sold' else type_decimal(18, 4) }}
        ) as {{ measure }},
        {%- endfor %}
        {%- for name, condition in customers.items() %}
        cast(
            sum(case when customer_key > 0 and {{ condition }} then 1 else 0 end)
            as {{ type_integer() }}
        ) as {{ name }},
        {%- endfor %}
        count(*) as orders
    from sequenced
    group by 1, 2, 3, 4, 5

)

select * from final
