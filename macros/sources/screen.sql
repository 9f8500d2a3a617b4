{#- A complete screening model: every staged row of an entity with its outcome. `rules` are further reasons for
    quarantine, [reason, column, condition], judged after those of staging, over the aliases staged and whatever
    `joins` adds. `extra_columns` are select-list items over the same aliases. -#}
{% macro screen(entity, rules=[], joins='', extra_columns=[], replaced_columns=[]) -%}
    {%- set natural_key = [] -%}
    {%- for column in staging_contract()[entity] if column[2] == 'key' -%}
        {%- do natural_key.append(column[0]) -%}
    {%- endfor -%}
with

staged as (

    {{ union_sources(entity) | indent(4) }}

),

judged as (

    select
        {{ traced_columns('staged') }},
        {{ contract_columns(entity, 'staged', replaced_columns) }},
        {%- for item in extra_columns %}
        {{ item }},
        {%- endfor %}
        case
            when staged.rejection_reason is not null then staged.rejection_reason
            {%- for reason, column, condition in rules %}
            when {{ condition }} then '{{ reason }}'
            {%- endfor %}
        end as rejection_reason,
        case
            when staged.rejection_reason is not null then staged.rejected_column
            {%- for reason, column, condition in rules %}
            when {{ condition }} then '{{ column }}'
            {%- endfor %}
        end as rejected_column
    from staged
    {{ joins }}

),

final as (

    select
        *,
        {{ row_outcome(natural_key) }}
    from judged

)

select * from final
{%- endmacro %}
