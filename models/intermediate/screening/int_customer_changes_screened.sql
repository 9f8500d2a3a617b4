{# Grain: one row per staged row of customer changes, good or bad, with its outcome. #}
with

staged as (

    {{ union_sources('customer_changes') | indent(4) }}

),

final as (

    select
        source_system,
        raw_table,
        _batch_id,
        _source_file,
        _row_number,
        _loaded_at,
        customer_id,
        change_sequence,
        changed_at_utc,
        is_deleted,
        gender,
        birth_date,
        annual_income,
        spending_score,
        segment,
        is_subscriber,
        country,
        region,
        state,
        city,
        rejection_reason,
        rejected_column,
        {{ row_outcome(['customer_id', 'change_sequence']) }}
    from staged

)

select * from final
