{#- Creates, empty, every table of scores that no scoring has written yet, so that prediction marts can be built
    before it. Runs at the start of each run; changes no table that exists. -#}
{% macro create_missing_score_tables() %}
    {% if execute and flags.WHICH in ['run', 'build', 'test'] %}
        {% for node in graph.sources.values() if node.source_name == 'ml' %}
            {% if adapter.get_relation(node.database, node.schema, node.identifier) is none %}
                {% do adapter.create_schema(api.Relation.create(database=node.database, schema=node.schema)) %}
                {% set score_table = api.Relation.create(
                    database=node.database, schema=node.schema, identifier=node.identifier
                ) %}
                {% call statement('create_score_table', auto_begin=false) %}
                    {{ create_score_table(score_table, node.columns.values() | list) }}
                {% endcall %}
            {% endif %}
        {% endfor %}
    {% endif %}
{% endmacro %}

{#- Columns of a table of scores with the types of an engine, from those that the source declares. -#}
{% macro declared_columns(columns, types) -%}
    {%- for column in columns -%}
        {{ column.name }} {{ types[column.data_type] }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
