{# Grain: one row: the days this build measures from. #}
with

final as (

    select * from {{ ref('int_run_context') }}

)

select * from final
