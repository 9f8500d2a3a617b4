{# The versions of a customer or product cover all time without gap or overlap: the first opens on
   1900-01-01, each ends where the next begins, the last never ends. #}
{%- set histories = [
    ['dim_customers_history', 'customer_key'],
    ['dim_products_history', 'product_key']
] %}
with

versions as (

    {% for history, key in histories -%}
    select
        '{{ history }}' as history,
        {{ key }} as entity_key,
        version_number,
        valid_from,
        valid_to,
        lead(valid_from) over (partition by {{ key }} order by version_number) as next_valid_from
    from {{ ref(history) }}
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
)

select *
from versions
where
    (version_number = 1 and cast(valid_from as date) <> {{ unknown_date() }})
    or (next_valid_from is not null and valid_to <> next_valid_from)
    or (next_valid_from is null and cast(valid_to as date) <> cast('9999-12-31' as date))
    or valid_to <= valid_from
