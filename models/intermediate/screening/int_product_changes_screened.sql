{# Grain: one row per staged row of product changes, good or bad, with its outcome. #}
with

staged as (

    {{ union_sources('product_changes') | indent(4) }}

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
        change_sequence,
        changed_at_utc,
        category,
        sub_category,
        list_price,
        unit_cost,
        rejection_reason,
        rejected_column,
        {{ row_outcome(['product_id', 'change_sequence']) }}
    from staged

)

select * from final
