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
        {%- for measure in ['psi', 'ks', 'missing_rate', 'reference_missing_rate'] %}
        cast(drift.{{ measure }} as {{ type_decimal(18, 6) }}) as {{ measure }},
        {%- endfor %}
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
