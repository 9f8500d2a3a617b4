{# The versions of a product cover all time without gap or overlap: the first opens 1900-01-01, each
   ends where the next begins, the last never ends. #}
with

versions as (

    select
        product_key,
        version_number,
        valid_from,
        valid_to,
        lead(valid_from) over (partition by product_key order by version_number) as next_valid_from
    from {{ ref('dim_products_history') }}

)

select *
from versions
where
    (version_number = 1 and cast(valid_from as date) <> {{ unknown_date() }})
    or (next_valid_from is not null and valid_to <> next_valid_from)
    or (next_valid_from is null and cast(valid_to as date) <> cast('9999-12-31' as date))
    or valid_to <= valid_from
