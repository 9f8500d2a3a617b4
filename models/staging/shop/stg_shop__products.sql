{# Grain: one row per raw product row. #}
with

source as (

    select * from {{ source('shop', 'products') }}

),

categories as (

    select * from {{ source('shop', 'categories') }}

),

renamed as (

    select
        {{ clean_text('source.product_id') }} as product_id,
        {{ clean_text('source.product_name') }} as product_name,
        {{ clean_text('coalesce(parents.category_name, children.category_name)') }} as category,
        case
            when parents.category_id is not null then {{ clean_text('children.category_name') }}
        end as sub_category,
        {{ to_decimal_or_null('source.list_price') }} as list_price,
        {{ to_decimal_or_null('source.unit_cost') }} as unit_cost,
        {{ to_boolean_or_null('source.is_gift_card') }} as is_gift_card,
        {{ to_timestamp_or_null('source.updated_at') }} as updated_at_utc,
        {{ rejection(
            keys=['source.product_id'],
            timestamps=['source.updated_at'],
            decimals=['source.list_price', 'source.unit_cost'],
            booleans=['source.is_gift_card']
        ) }},
        source._batch_id,
        source._source_file,
        source._row_number,
        source._loaded_at
    from source
    left join categories as children
        on source.category_id = children.category_id
    left join categories as parents
        on children.parent_category_id = parents.category_id

)

select
    {{ conformed_columns('products', 'shop', raw_table='products', lacks=['product_code']) }}
from renamed
