{# Grain: one row per product (code and name). #}
with

base as (

    select * from {{ ref('base_superstore__orders') }}

),

ranked as (

    select
        *,
        {{ latest_rank(['product_id'], ['order_local_date', 'line_number']) }} as latest_rank
    from base
    where rejection_reason is null

),

renamed as (

    select
        product_id,
        product_code,
        product_name,
        category,
        sub_category,
        {{ no_rejection() }},
        {{ provenance() }}
    from ranked
    where latest_rank = 1

)

select
    {{ conformed_columns(
        'products', 'superstore',
        lacks=['list_price', 'unit_cost', 'is_gift_card', 'updated_at_utc']
    ) }}
from renamed
