{# Grain: one row per stock code, named as on its latest line that has a description. #}
with

base as (

    select * from {{ ref('base_online_retail__invoice_lines') }}

),

ranked as (

    select
        *,
        {{ latest_rank(
            ['product_id'],
            ["case when product_name is null then 0 else 1 end", 'invoiced_at_local']
        ) }} as latest_rank
    from base
    where rejection_reason is null

),

renamed as (

    select
        product_id,
        product_name,
        -- Articles have five digits; postage, fees and samples have words.
        case
            when not {{ matches_pattern('product_id', '[0-9][0-9][0-9][0-9][0-9].*') }}
                then 'Fees and postage'
        end as category,
        {{ no_rejection() }},
        {{ provenance() }}
    from ranked
    where latest_rank = 1

)

select
    {{ conformed_columns(
        'products', 'online_retail',
        lacks=[
            'product_code', 'sub_category', 'list_price', 'unit_cost', 'is_gift_card',
            'updated_at_utc'
        ]
    ) }}
from renamed
