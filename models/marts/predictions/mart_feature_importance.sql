{# Grain: one row per run_id and feature. #}
with

final as (

    select
        -- keys
        importances.run_id,
        importances.feature,

        -- attributes
        runs.job,

        -- measures
        importances.importance_rank,
        cast(importances.importance as {{ type_decimal(18, 6) }}) as importance,
        cast(importances.importance_deviation as {{ type_decimal(18, 6) }})
            as importance_deviation,

        -- flags
        runs.is_latest,

        -- dates
        runs.data_cutoff
    from {{ source('ml', 'ml_feature_importance') }} as importances
    inner join {{ ref('mart_model_runs') }} as runs
        on importances.run_id = runs.run_id

)

select * from final
