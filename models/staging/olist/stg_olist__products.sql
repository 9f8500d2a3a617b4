{# Grain: one row per raw product row. #}
with

source as (

    select * from {{ source('olist', 'products') }}

),

translations as (

    select
        product_category_name,
        max(product_category_name_english) as category
    from {{ source('olist', 'category_translations') }}
    group by 1

),

renamed as (

    select
        {{ clean_text('source.product_id') }} as product_id,
        -- Two categories have no English name.
        {{ clean_text('coalesce(translations.category, source.product_category_name)') }}
            as category,
        {{ rejection(keys=['source.product_id']) }},
        source._batch_id,
        source._source_file,
        source._row_number,
        source._loaded_at
    from source
    left join translations
        on source.product_category_name = translations.product_category_name

)

select
    {{ conformed_columns(
        'products', 'olist', raw_table='products',
        lacks=[
            'product_code', 'product_name', 'sub_category', 'list_price', 'unit_cost',
            'is_gift_card', 'updated_at_utc'
        ]
    ) }}
from renamed
