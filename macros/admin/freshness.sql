{#- Takes the place of dbt's own way to ask how fresh a source is. Raw tables hold texts: the latest readable time
    counts, and none that is yet to come, as raw rows may hold impossible ones. Ages are measured up to the end of
    as_of_date where that is set, and up to this moment otherwise. -#}
{% macro default__collect_freshness(source, loaded_at_field, filter) %}
    {% set moment = customer_trends.freshness_moment() %}
    {% set loaded_at = customer_trends.to_timestamp_or_null(
        'cast(' ~ loaded_at_field ~ ' as ' ~ customer_trends.type_text(40) ~ ')'
    ) %}
    {% call statement('collect_freshness', fetch_result=True, auto_begin=False) %}
        select
            max(case when {{ loaded_at }} <= {{ moment }} then {{ loaded_at }} end) as max_loaded_at,
            {{ moment }} as snapshotted_at
        from {{ source }}
        {{ 'where ' ~ filter if filter }}
    {% endcall %}
    {{ return(load_result('collect_freshness')) }}
{% endmacro %}

{#- The moment up to which ages are measured, UTC. -#}
{% macro freshness_moment() -%}
    {%- if var('as_of_date') -%}
    cast('{{ var('as_of_date') }} 23:59:59' as {{ customer_trends.type_timestamp() }})
    {%- else -%}
    {{ customer_trends.clock_utc() }}
    {%- endif -%}
{%- endmacro %}
