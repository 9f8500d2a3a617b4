{# Grain: one row per run_id, split, slice_name and metric. #}
with

final as (

    select
        -- keys
        metrics.run_id,

        -- attributes
        runs.job,
        runs.model_name,
        runs.status,
        runs.reason,
        metrics.split,
        metrics.slice_name,
        metrics.metric,
        metrics.baseline_name,

        -- measures
        metrics.metric_rank,
        cast(metrics.value as {{ type_decimal(18, 6) }}) as value,
        cast(metrics.baseline_value as {{ type_decimal(18, 6) }}) as baseline_value,

        -- flags
        metrics.is_better,
        runs.is_latest,

        -- dates and times
        runs.data_cutoff,
        runs.trained_at
    from {{ source('ml', 'ml_model_metrics') }} as metrics
    inner join {{ ref('mart_model_runs') }} as runs
        on metrics.run_id = runs.run_id

)

select * from final
