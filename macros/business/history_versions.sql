{#- The CTEs that turn a CTE `logged` (key, changed_at_utc, change_sequence, tracked attributes) and the rows of
    today into versions: of changes at one instant the last counts, changes that change nothing are dropped, the
    first version is valid from the beginning of time so that early facts find it, and each ends where the next
    begins. `today` is the CTE of the rows of today, with key, updated_at_utc and the tracked attributes. -#}
{% macro history_versions(key, history_key, tracked, today) -%}
last_logged as (

    select
        {{ key }},
        max(changed_at_utc) as last_changed_at_utc
    from logged
    group by 1

),

events as (

    select * from logged

    union all

    -- The row of today is the last change, whether or not the log has it.
    select
        {{ today }}.{{ key }},
        case
            when {{ today }}.updated_at_utc > last_logged.last_changed_at_utc
                then {{ today }}.updated_at_utc
            else coalesce(
                last_logged.last_changed_at_utc,
                {{ today }}.updated_at_utc,
                cast({{ unknown_date() }} as {{ type_timestamp() }})
            )
        end as changed_at_utc,
        9223372036854775807 as change_sequence,
        {%- for column in tracked %}
        {{ today }}.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ today }}
    left join last_logged
        on {{ today }}.{{ key }} = last_logged.{{ key }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by {{ key }}, changed_at_utc
            order by change_sequence desc
        ) as rank_at_instant,
        {{ surrogate_key(tracked) }} as attributes_hash
    from events

),

compared as (

    select
        *,
        lag(attributes_hash) over (partition by {{ key }} order by changed_at_utc) as previous_hash
    from ranked
    where rank_at_instant = 1

),

numbered as (

    select
        *,
        row_number() over (partition by {{ key }} order by changed_at_utc) as version_number
    from compared
    where
        previous_hash is null
        or previous_hash <> attributes_hash

),

opened as (

    select
        *,
        case
            when version_number = 1 then cast({{ unknown_date() }} as {{ type_timestamp() }})
            else changed_at_utc
        end as valid_from
    from numbered

),

final as (

    select
        {{ surrogate_key([key, 'version_number']) }} as {{ history_key }},
        {{ key }},
        version_number,
        {%- for column in tracked %}
        {{ column }},
        {%- endfor %}
        coalesce(
            lead(valid_from) over (partition by {{ key }} order by version_number),
            cast('9999-12-31' as {{ type_timestamp() }})
        ) as valid_to,
        valid_from,
        lead(version_number) over (partition by {{ key }} order by version_number) is null as is_current
    from opened

)
{%- endmacro %}
