{# Grain: one row per group of customers. #}
with

final as (

    select
        -- keys
        cluster_number,

        -- attributes
        cluster_name,
        spending_tier,
        segment_basis,

        -- measures
        cluster_count,
        customers,
        cast(income_centroid as {{ type_decimal(18, 4) }}) as income_centroid,
        cast(spending_centroid as {{ type_decimal(18, 4) }}) as spending_centroid,
        cast(silhouette as {{ type_decimal(18, 6) }}) as silhouette,
        cast(stability as {{ type_decimal(18, 6) }}) as stability,
        cast(moved_share as {{ type_decimal(18, 6) }}) as moved_share,

        -- dates
        data_cutoff
    from {{ source('ml', 'ml_segment_centroids') }}

)

select * from final
