{# Do we live on new customers or on those who come back? One row per month: orders and net sales of
   first orders, of later orders and of guests, of whom nobody knows. A growing
   share_of_later_orders is a business that keeps its customers. #}
with

orders as (

    select
        {{ start_of_month('order_date') }} as month_start_date,
        case
            when customer_key < 0 then 'guest'
            when is_first_order then 'first'
            else 'later'
        end as order_kind,
        net_sales_by_order_date
    from {{ ref('fct_orders') }}
    where
        is_counted
        and is_dated

),

months as (

    select
        month_start_date,
        {%- for kind in ['first', 'later', 'guest'] %}
        sum(case when order_kind = '{{ kind }}' then 1 else 0 end) as {{ kind }}_orders,
        sum(case when order_kind = '{{ kind }}' then net_sales_by_order_date else 0 end)
            as {{ kind }}_net_sales,
        {%- endfor %}
        count(*) as orders
    from orders
    group by 1

)

select
    *,
    {{ safe_divide('later_orders', 'orders', 4) }} as share_of_later_orders
from months
order by 1
