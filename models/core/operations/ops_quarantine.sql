{# Grain: one row per raw row that was not accepted, kept complete, with the reason. #}
with

rejected as (

    {# A loop, because a raw table has a statement of its own, and which there are depends on the
       source systems of the build. #}
    {% for source_system, entity, raw_table in accounted_entities() -%}
    select
        screened.source_system,
        '{{ entity }}' as entity,
        screened.raw_table,
        screened._batch_id as batch_id,
        screened._source_file as source_file,
        screened._row_number as source_row_number,
        screened.row_outcome,
        screened.reason_code,
        screened.rejected_column,
        {{ row_as_json(raw_columns(source_system, raw_table), 'raw_rows') }} as raw_record,
        screened._loaded_at as loaded_at
    from {{ ref('int_' ~ entity ~ '_screened') }} as screened
    inner join {{ source(source_system, raw_table) }} as raw_rows
        on
            screened._batch_id = raw_rows._batch_id
            and screened._row_number = raw_rows._row_number
    where
        screened.row_outcome <> 'accepted'
        and screened.source_system = '{{ source_system }}'
        and screened.raw_table = '{{ raw_table }}'
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}
),

reasons as (

    select * from {{ ref('quarantine_reasons') }}

),

final as (

    select
        rejected.source_system,
        rejected.entity,
        rejected.raw_table,
        rejected.batch_id,
        rejected.source_file,
        rejected.source_row_number,
        rejected.row_outcome,
        rejected.reason_code,
        rejected.rejected_column,
        reasons.description as reason,
        reasons.fix,
        rejected.raw_record,
        rejected.loaded_at
    from rejected
    left join reasons
        on rejected.reason_code = reasons.reason_code

)

select * from final
