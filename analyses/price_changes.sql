{# What happened when a price changed? One row per product and change of its list price, the latest
   first, with units and sales of the 30 days before and the 30 days from the day of the change on.
   units_change is a share (-0.2 is a fifth less); it says what happened, not why: seasons move
   sales, too. Where is_complete is false the 30 days are not over. #}
{%- set before = 'sales.order_date < versions.changed_on' %}
{%- set after = 'sales.order_date >= versions.changed_on' %}
with

versions as (

    select
        product_key,
        list_price as new_price,
        cast(valid_from as date) as changed_on,
        lag(list_price) over (partition by product_key order by version_number) as old_price
    from {{ ref('dim_products_history') }}

),

changes as (

    select
        versions.product_key,
        versions.changed_on,
        versions.old_price,
        versions.new_price,
        sum(case when {{ before }} then sales.units_sold else 0 end) as units_before,
        sum(case when {{ after }} then sales.units_sold else 0 end) as units_after,
        sum(case when {{ before }} then sales.sales_after_discount else 0 end) as sales_before,
        sum(case when {{ after }} then sales.sales_after_discount else 0 end) as sales_after
    from versions
    left join {{ ref('fct_sales') }} as sales
        on
            versions.product_key = sales.product_key
            and sales.is_counted
            and sales.order_date >= {{ add_days('versions.changed_on', -30) }}
            and sales.order_date < {{ add_days('versions.changed_on', 30) }}
    where versions.old_price <> versions.new_price
    group by 1, 2, 3, 4

)

select
    products.product_name,
    changes.*,
    {{ safe_divide('(changes.new_price - changes.old_price)', 'changes.old_price', 4) }}
        as price_change,
    {{ safe_divide('(changes.units_after - changes.units_before)', 'changes.units_before', 4) }}
        as units_change,
    {{ add_days('changes.changed_on', 29) }} <= run_context.as_of_date as is_complete
from changes
inner join {{ ref('dim_products') }} as products
    on changes.product_key = products.product_key
cross join {{ ref('run_context') }} as run_context
order by 3 desc, 2 asc
