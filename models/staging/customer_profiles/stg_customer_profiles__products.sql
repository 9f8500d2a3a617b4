{# Grain: one row, once there are purchases: the file names no products. #}
with

base as (

    select * from {{ ref('base_customer_profiles__purchases') }}

),

ranked as (

    select
        'unnamed' as product_id,
        'Unnamed product' as product_name,
        {{ latest_rank(["'unnamed'"]) }} as latest_rank,
        {{ provenance() }}
    from base
    where rejection_reason is null

),

renamed as (

    select
        product_id,
        product_name,
        {{ no_rejection() }},
        {{ provenance() }}
    from ranked
    where latest_rank = 1

)

select
    {{ conformed_columns(
        'products', 'customer_profiles',
        lacks=[
            'product_code', 'category', 'sub_category', 'list_price', 'unit_cost', 'is_gift_card',
            'updated_at_utc'
        ]
    ) }}
from renamed
