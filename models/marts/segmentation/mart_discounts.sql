{# Grain: one row per slice_type and slice_name: every band of discount, by the order's own band and
   by that of the customer's first order. #}
{%- set depths = [['Up to 10 %', '0.1'], ['Over 10 to 20 %', '0.2'], ['Over 20 to 30 %', '0.3']] %}
{%- set bands = ['No discount', 'Depth unknown'] + depths | map('first') | list + ['Over 30 %'] %}
{%- set slice_types = ['depth_band', 'first_order_band'] %}
{%- set amounts = [
    'gross_sales', 'discounts', 'sales_after_discount', 'net_sales_by_order_date',
    'returns_by_order_date'
] %}
with

orders as (

    select
        *,
        case
            when not is_discounted then '{{ bands[0] }}'
            when discounts = 0 then '{{ bands[1] }}'
            {%- for band, depth in depths %}
            when discounts <= {{ depth }} * gross_sales then '{{ band }}'
            {%- endfor %}
            else '{{ bands[-1] }}'
        end as depth_band
    from {{ ref('fct_orders') }}
    where is_counted

),

members as (

    {% for slice_type in slice_types -%}
    {%- set is_last = loop.last -%}
    {%- for band in bands -%}
    select
        '{{ slice_type }}' as slice_type,
        '{{ band }}' as slice_name,
        {{ loop.index }} as sort_order
    {% if not (loop.last and is_last) %}
    union all

    {% endif %}
    {%- endfor %}
    {%- endfor %}
),

sliced as (

    select
        *,
        max(case when is_first_order then depth_band end) over (partition by customer_key)
            as first_order_band
    from orders

),

customer_totals as (

    {% for slice_type in slice_types -%}
    select
        '{{ slice_type }}' as slice_type,
        {{ slice_type }} as slice_name,
        customer_key,
        {%- for measure in ['units_sold'] + amounts %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        count(*) as orders,
        sum(case when is_qualifying then 1 else 0 end) as qualifying_orders
    from sliced
    where {{ slice_type }} is not null
    group by 1, 2, 3
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
),

totals as (

    select
        slice_type,
        slice_name,
        {%- for measure in ['orders', 'units_sold'] + amounts %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        sum(case when customer_key > 0 then 1 else 0 end) as customers,
        sum(case when customer_key > 0 and qualifying_orders > 1 then 1 else 0 end)
            as repeat_customers
    from customer_totals
    group by 1, 2

),

measured as (

    select
        members.slice_type,
        members.slice_name,
        {%- for measure in ['orders', 'customers', 'units_sold', 'repeat_customers'] %}
        cast(coalesce(totals.{{ measure }}, 0) as {{ type_integer() }}) as {{ measure }},
        {%- endfor %}
        {%- for measure in amounts %}
        cast(coalesce(totals.{{ measure }}, 0) as {{ type_decimal(18, 4) }}) as {{ measure }},
        {%- endfor %}
        cast(members.sort_order as {{ type_integer() }}) as sort_order
    from members
    left join totals
        on
            members.slice_type = totals.slice_type
            and members.slice_name = totals.slice_name

),

final as (

    select
        slice_type,
        slice_name,
        sort_order,
        orders,
        customers,
        units_sold,
        {{ amounts | join(',\n        ') }},
        {{ safe_divide('discounts', 'gross_sales') }} as discount_rate,
        {{ safe_divide('sales_after_discount', 'orders') }} as average_order_value,
        {{ safe_divide('units_sold', 'orders') }} as units_per_order,
        {{ safe_divide('returns_by_order_date', 'sales_after_discount') }} as return_rate_value,
        case when slice_type = 'first_order_band' then repeat_customers end as repeat_customers,
        case
            when slice_type = 'first_order_band'
                then {{ safe_divide('repeat_customers', 'customers') }}
        end as repeat_rate,
        {{ is_small_cell('customers') }} as is_small_cell
    from measured

)

select * from final
