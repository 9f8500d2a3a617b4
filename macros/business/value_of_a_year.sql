{#- The customers of a relation with what each is expected to bring in a year, in net sales: net sales per order, drawn
    towards those of the segment as if there were three more orders of that worth, times orders per year. And whether
    the margin rate by which they become a value is the customer's own.
    Reads tenure_days, orders_qualifying, net_sales_by_order_date, segment_average_order_value_net and margin_rate. Numbers of six decimals are
    multiplied before they are divided, because safe_divide reads four. -#}
{% macro value_of_a_year(customers) -%}
    {%- set shrinkage_orders = 3 -%}
select
    measured.*,
    case when margin_rate is null then 'revenue' else 'margin' end as customer_lifetime_value_basis,
    {{ rounded_product('average_order_value_shrunk', 'orders_per_year') }} as net_sales_of_year
from (
    select
        tenured.*,
        case
            when orders_qualifying > 0
                then {{ safe_divide('orders_qualifying * 1000000', 'tenure_years * 1000000') }}
        end as orders_per_year,
        case
            when orders_qualifying > 0
                then {{ safe_divide(
                    'cast(net_sales_by_order_date + ' ~ shrinkage_orders ~ ' * segment_average_order_value_net as '
                    ~ type_decimal(28, 6) ~ ') * 100',
                    '(orders_qualifying + ' ~ shrinkage_orders ~ ') * 100'
                ) }}
        end as average_order_value_shrunk
    from (
        select
            customers.*,
            cast(
                case
                    when tenure_days > 365 then {{ safe_divide('tenure_days', 365) }}
                    else 1
                end as {{ type_decimal(18, 6) }}
            ) as tenure_years
        from {{ customers }} as customers
    ) as tenured
) as measured
{%- endmacro %}
