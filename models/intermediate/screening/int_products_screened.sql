{# Grain: one row per staged row of products, good or bad, with its outcome. #}
with

staged as (

    {{ union_sources('products') | indent(4) }}

),

final as (

    select
        source_system,
        raw_table,
        _batch_id,
        _source_file,
        _row_number,
        _loaded_at,
        product_id,
        product_code,
        product_name,
        category,
        sub_category,
        list_price,
        unit_cost,
        is_gift_card,
        updated_at_utc,
        rejection_reason,
        rejected_column,
        {{ row_outcome(['product_id']) }}
    from staged

)

select * from final
