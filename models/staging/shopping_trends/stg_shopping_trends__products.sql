{# Grain: one row per article and category. #}
with

base as (

    select * from {{ ref('base_shopping_trends__purchases') }}

),

ranked as (

    select
        *,
        {{ latest_rank(['product_id']) }} as latest_rank
    from base
    where rejection_reason is null

),

renamed as (

    select
        product_id,
        product_name,
        category,
        {{ no_rejection() }},
        {{ provenance() }}
    from ranked
    where latest_rank = 1

)

select
    {{ conformed_columns(
        'products', 'shopping_trends',
        lacks=[
            'product_code', 'sub_category', 'list_price', 'unit_cost', 'is_gift_card',
            'updated_at_utc'
        ]
    ) }}
from renamed
