{# Grain: one row per raw sales region. #}
with

source as (

    select * from {{ source('superstore', 'people') }}

),

renamed as (

    select
        {{ clean_text('region') }} as region,
        {{ clean_text('person') }} as manager_name,
        {{ rejection(keys=['region']) }},
        {{ provenance() }}
    from source

)

select
    {{ conformed_columns('region_managers', 'superstore', raw_table='people') }}
from renamed
