{# Grain: one row per run_id and feature. #}
with

final as (

    select
        -- keys
        drift.run_id,
        drift.feature,

        -- attributes
        runs.job,
        drift.reference_run_id,
        drift.status,

        -- measures
        cast(drift.psi as {{ type_decimal(18, 6) }}) as psi,
        cast(drift.ks as {{ type_decimal(18, 6) }}) as ks,
        cast(drift.missing_rate as {{ type_decimal(18, 6) }}) as missing_rate,
        cast(drift.reference_missing_rate as {{ type_decimal(18, 6) }}) as reference_missing_rate,
        drift.unseen_categories,

        -- flags
        runs.is_latest,

        -- dates
        runs.data_cutoff
    from {{ source('ml', 'ml_drift') }} as drift
    inner join {{ ref('mart_model_runs') }} as runs
        on drift.run_id = runs.run_id

)

select * from final
