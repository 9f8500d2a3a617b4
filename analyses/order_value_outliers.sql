{# Which orders are unusually large? The 50 largest orders beyond the upper fence of their source:
   the third quartile plus three times the distance between the quartiles. times_median says how
   many usual orders one of them is worth. Look at them before an average is believed: a few may be
   mistakes, or wholesale. #}
with

positioned as (

    select
        source_system,
        order_key,
        order_id,
        order_date,
        units_sold,
        sales_after_discount,
        {{ group_positions(
            'sales_after_discount', ['source_system'], 'order_key'
        ) | indent(8) }}
    from {{ ref('fct_orders') }}
    where is_counted

),

quartiles as (

    select
        source_system,
        {{ group_percentile('sales_after_discount', 25) | indent(8) }} as first_quartile,
        {{ group_median('sales_after_discount', 4) | indent(8) }} as median_value,
        {{ group_percentile('sales_after_discount', 75) | indent(8) }} as third_quartile
    from positioned
    group by 1

)

select
    positioned.source_system,
    positioned.order_id,
    positioned.order_date,
    positioned.units_sold,
    positioned.sales_after_discount,
    quartiles.median_value,
    quartiles.third_quartile,
    {{ safe_divide('positioned.sales_after_discount', 'quartiles.median_value', 1) }}
        as times_median
from positioned
inner join quartiles
    on positioned.source_system = quartiles.source_system
where
    positioned.sales_after_discount
    > quartiles.third_quartile + 3 * (quartiles.third_quartile - quartiles.first_quartile)
order by 5 desc, 1 asc, 2 asc
limit 50
