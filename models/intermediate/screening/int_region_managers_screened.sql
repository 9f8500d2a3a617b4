{# Grain: one row per staged row of region managers, good or bad, with its outcome. #}
with

staged as (

    {{ union_sources('region_managers') | indent(4) }}

),

final as (

    select
        source_system,
        raw_table,
        _batch_id,
        _source_file,
        _row_number,
        _loaded_at,
        region,
        manager_name,
        rejection_reason,
        rejected_column,
        {{ row_outcome(['region']) }}
    from staged

)

select * from final
