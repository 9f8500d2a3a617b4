{# Grain: one row per staged row of subscriptions, good or bad, with its outcome. #}
with

staged as (

    {{ union_sources('subscriptions') | indent(4) }}

),

final as (

    select
        source_system,
        raw_table,
        _batch_id,
        _source_file,
        _row_number,
        _loaded_at,
        subscription_id,
        customer_id,
        plan_name,
        monthly_fee_amount,
        started_local_date,
        ended_local_date,
        rejection_reason,
        rejected_column,
        {{ row_outcome(['subscription_id']) }}
    from staged

)

select * from final
