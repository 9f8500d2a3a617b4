{# Grain: one row per place of dim_geography and level: the place itself (city) and the larger ones
   it lies in. The names below the level are 'All'. #}
{%- set levels = ['country', 'region', 'state', 'city'] %}
{%- set names = ['place_level'] + levels %}
with

geography as (

    select * from {{ ref('dim_geography') }}

),

known_states as (

    select distinct
        country,
        state
    from {{ ref('states') }}

),

places as (

    {% for place_level in levels -%}
    {%- set depth = loop.index -%}
    select
        geography.geography_key,
        '{{ place_level }}' as place_level,
        {%- for level in levels %}
        {{ 'geography.' ~ level if loop.index <= depth else "'All'" }} as {{ level }},
        {%- endfor %}
        {{ 'null' if depth == 1 else 'geography.region_manager_name' }} as region_manager_name,
        geography.latitude,
        geography.longitude,
        known_states.state is not null as is_state_known
    from geography
    left join known_states
        on
            geography.country = known_states.country
            and geography.state = known_states.state
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
),

points as (

    select distinct
        {{ names | join(',\n        ') }},
        latitude,
        longitude,
        is_state_known
    from places

),

middles as (

    -- A place without a known state has the point of its country.
    select
        {%- for part in ['latitude', 'longitude'] %}
        {%- set known = 'case when is_state_known then ' ~ part ~ ' end' %}
        cast(
            coalesce(
                {{ safe_divide('sum(' ~ known ~ ')', 'count(' ~ known ~ ')', 4) }},
                max({{ part }})
            ) as {{ type_decimal(9, 4) }}
        ) as {{ part }},
        {%- endfor %}
        {{ names | join(',\n        ') }}
    from points
    group by 3, 4, 5, 6, 7

),

final as (

    select
        places.geography_key,
        places.{{ names | join(',\n        places.') }},
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
