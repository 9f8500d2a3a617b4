{#- Creates every raw table of the sources in this build that no load has created yet, empty, so that a
    build works before anything was loaded. Runs at the start of each run; changes no table that exists. -#}
{% macro create_missing_raw_tables() %}
    {% if execute and flags.WHICH in ['run', 'build', 'test'] %}
        {% for node in graph.sources.values() if node.source_name in var('source_systems') %}
            {% set relation = adapter.get_relation(node.database, node.schema, node.identifier) %}
            {% if relation is none %}
                {% do adapter.create_schema(api.Relation.create(database=node.database, schema=node.schema)) %}
                {% set raw_table = api.Relation.create(
                    database=node.database, schema=node.schema, identifier=node.identifier
                ) %}
                {% call statement('create_raw_table', auto_begin=false) %}
                    create table {{ raw_table }} as
                    select
                        {% for column in node.columns %}
                        cast(null as {{ type_text() }}) as {{ column }},
                        {% endfor %}
                        cast(null as {{ type_text() }}) as _other_columns,
                        cast(null as {{ type_timestamp() }}) as _loaded_at,
                        cast(null as {{ type_text() }}) as _source_file,
                        cast(null as {{ type_text() }}) as _batch_id,
                        cast(null as {{ type_integer() }}) as _row_number
                    from (select 1 as one) as nothing
                    where 1 = 0
                {% endcall %}
            {% endif %}
        {% endfor %}
    {% endif %}
{% endmacro %}
