{# Grain: one row per staged row of customers, good or bad, with its outcome. #}
with

staged as (

    {{ union_sources('customers') | indent(4) }}

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
        customer_name,
        email,
        phone,
        street_address,
        postal_code,
        declared_age,
        previous_purchase_count,
        purchase_frequency,
        registered_at_utc,
        updated_at_utc,
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
        {{ row_outcome(['customer_id']) }}
    from staged

)

select * from final
