{# Grain: one row per run of a scoring job. #}
with

numbered as (

    select
        *,
        row_number() over (
            partition by job order by scored_at desc, trained_at desc, run_id asc
        ) as run_number
    from {{ source('ml', 'ml_model_runs') }}

),

final as (

    select
        -- keys
        run_id,

        -- attributes
        job,
        model_name,
        model_version,
        status,
        reason,
        feature_hash,
        input_hash,
        artifact_sha256,
        code_version,

        -- measures
        n_train as train_count,

        -- flags
        run_number = 1 as is_latest,

        -- dates and times
        data_cutoff,
        trained_at,
        scored_at
    from numbered

)

select * from final
