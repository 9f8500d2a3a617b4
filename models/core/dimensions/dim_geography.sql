{# Grain: one row per place: country, region, state and city as far as they are known. #}
with

places as (

    select
        country,
        region,
        state,
        city
    from {{ ref('int_orders_conformed') }}

    union

    select
        country,
        region,
        state,
        city
    from {{ ref('int_customers_unified') }}

    union

    select
        country,
        region,
        state,
        city
    from {{ ref('int_returns_screened') }}
    where row_outcome = 'accepted'

),

states as (

    select distinct
        country,
        state,
        latitude,
        longitude
    from {{ ref('states') }}

),

countries as (

    select * from {{ ref('countries') }}

),

managers as (

    select
        region,
        max(manager_name) as region_manager_name
    from {{ ref('int_region_managers_screened') }}
    where row_outcome = 'accepted'
    group by 1

),

known as (

    select
        {{ geography_key('places.country', 'places.region', 'places.state', 'places.city') }}
            as geography_key,
        coalesce(places.country, 'Unknown') as country,
        coalesce(places.region, 'Unknown') as region,
        coalesce(places.state, 'Unknown') as state,
        coalesce(places.city, 'Unknown') as city,
        managers.region_manager_name,
        cast(coalesce(states.latitude, countries.latitude) as {{ type_decimal(9, 4) }}) as latitude,
        cast(
            coalesce(states.longitude, countries.longitude) as {{ type_decimal(9, 4) }}
        ) as longitude
    from places
    left join states
        on
            places.country = states.country
            and places.state = states.state
    left join countries
        on places.country = countries.country
    left join managers
        on places.region = managers.region
    where coalesce(places.country, places.region, places.state, places.city) is not null

),

final as (

    select * from known

    union all

    select
        -1 as geography_key,
        'Unknown' as country,
        'Unknown' as region,
        'Unknown' as state,
        'Unknown' as city,
        null as region_manager_name,
        null as latitude,
        null as longitude

)

select * from final
