{# A list of the best has as many rows as it may have, fewer only where there are fewer to list; no
   row has net sales above the one before it. #}
{{ config(group='marts') }}
{%- set year_start = add_months(start_of_month('order_date'), '1 - month(order_date)') %}
{%- set starts = {'all': unknown_date(), 'year': year_start} %}
with

sold_products as (

    select distinct
        sales.order_date,
        sales.is_dated,
        versions.category,
        sales.product_key
    from {{ ref('fct_sales') }} as sales
    inner join {{ ref('dim_products_history') }} as versions
        on sales.product_history_key = versions.product_history_key
    where sales.is_counted

),

candidates as (

    {% for period_type, start in starts.items() -%}
    select
        'products' as listed,
        '{{ period_type }}' as period_type,
        {{ start }} as period_start_date,
        category as list_name,
        count(distinct product_key) as candidate_count,
        {{ var('top_products') }} as list_length
    from sold_products
    where {{ '1 = 1' if period_type == 'all' else 'is_dated' }}
    group by 1, 2, 3, 4

    union all

    select
        'customers' as listed,
        '{{ period_type }}' as period_type,
        {{ start }} as period_start_date,
        'All' as list_name,
        count(distinct customer_key) as candidate_count,
        {{ var('top_customers') }} as list_length
    from {{ ref('fct_orders') }}
    where
        is_counted
        and customer_key > 0
        and {{ '1 = 1' if period_type == 'all' else 'is_dated' }}
    group by 1, 2, 3, 4
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
),

listed_rows as (

    select
        'products' as listed,
        period_type,
        period_start_date,
        category as list_name,
        category_rank as place,
        net_sales_by_order_date
    from {{ ref('int_top_products_by_period') }}

    union all

    select
        'customers' as listed,
        period_type,
        period_start_date,
        'All' as list_name,
        customer_rank as place,
        net_sales_by_order_date
    from {{ ref('int_top_customers_by_period') }}

),

compared as (

    select
        *,
        lag(net_sales_by_order_date) over (
            partition by listed, period_type, period_start_date, list_name
            order by place
        ) as better_net_sales_by_order_date
    from listed_rows

),

lists as (

    select
        listed,
        period_type,
        period_start_date,
        list_name,
        count(*) as row_count,
        max(place) as last_place,
        max(case when net_sales_by_order_date > better_net_sales_by_order_date then 1 else 0 end)
            as is_out_of_order
    from compared
    group by 1, 2, 3, 4

)

select
    candidates.*,
    lists.row_count
from candidates
left join lists
    on
        candidates.listed = lists.listed
        and candidates.period_type = lists.period_type
        and candidates.period_start_date = lists.period_start_date
        and candidates.list_name = lists.list_name
where
    lists.row_count is null
    or lists.row_count <> case
        when candidates.candidate_count < candidates.list_length then candidates.candidate_count
        else candidates.list_length
    end
    or lists.last_place <> lists.row_count
    or lists.is_out_of_order = 1
