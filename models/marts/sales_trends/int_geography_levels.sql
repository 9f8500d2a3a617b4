{# Grain: one row per place of dim_geography and level: the place itself (city) and the larger ones
   it lies in. The names below the level are 'All'. #}
with

place_levels as (

    select
        'country' as place_level,
        1 as level_number
    union all
    select
        'region' as place_level,
        2 as level_number
    union all
    select
        'state' as place_level,
        3 as level_number
    union all
    select
        'city' as place_level,
        4 as level_number

),

known_states as (

    select distinct
        country,
        state
    from {{ ref('states') }}

),

places as (

    select
        cities.geography_key,
        place_levels.place_level,
        cities.country,
        case when place_levels.level_number >= 2 then cities.region else 'All' end as region,
        case when place_levels.level_number >= 3 then cities.state else 'All' end as state,
        case when place_levels.level_number >= 4 then cities.city else 'All' end as city,
        case when place_levels.level_number >= 2 then cities.region_manager_name end
            as region_manager_name,
        cities.latitude,
        cities.longitude,
        known_states.state is not null as is_state_known
    from {{ ref('dim_geography') }} as cities
    cross join place_levels
    left join known_states
        on
            cities.country = known_states.country
            and cities.state = known_states.state

),

points as (

    select distinct
        place_level,
        country,
        region,
        state,
        city,
        latitude,
        longitude,
        is_state_known
    from places

),

middles as (

    -- A place without a known state has the point of its country.
    select
        place_level,
        country,
        region,
        state,
        city,
        cast(
            coalesce(
                {{ safe_divide(
                    'sum(case when is_state_known then latitude end)',
                    'count(case when is_state_known then latitude end)', 4
                ) }},
                max(latitude)
            ) as {{ type_decimal(9, 4) }}
        ) as latitude,
        cast(
            coalesce(
                {{ safe_divide(
                    'sum(case when is_state_known then longitude end)',
                    'count(case when is_state_known then longitude end)', 4
                ) }},
                max(longitude)
            ) as {{ type_decimal(9, 4) }}
        ) as longitude
    from points
    group by 1, 2, 3, 4, 5

),

final as (

    select
        places.geography_key,
        places.place_level,
        places.country,
        places.region,
        places.state,
        places.city,
        places.region_manager_name,
        middles.latitude,
        middles.longitude
    from places
    inner join middles
        on
            places.place_level = middles.place_level
            and places.country = middles.country
            and places.region = middles.region
            and places.state = middles.state
            and places.city = middles.city

)

select * from final
