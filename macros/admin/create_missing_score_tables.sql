{#- Creates, empty, every table of scores that no scoring has written yet, so that prediction marts can be built
    before it. A table that lacks a declared column was written by another version: it is replaced by an empty
    one, and the next scoring fills it. Runs at the start of each run. -#}
{% macro create_missing_score_tables() %}
    {% if execute and flags.WHICH in ['run', 'build', 'test'] %}
        {% for node in graph.sources.values() if node.source_name == 'ml' %}
            {% set existing = adapter.get_relation(node.database, node.schema, node.identifier) %}
            {% if existing is none or _lacks_columns(existing, node.columns.keys()) %}
                {% do adapter.create_schema(api.Relation.create(database=node.database, schema=node.schema)) %}
                {% set score_table = api.Relation.create(
                    database=node.database, schema=node.schema, identifier=node.identifier
                ) %}
                {% if existing is not none %}
                    {% do log(existing ~ ' has columns of another version: it is emptied, score again', info=true) %}
                    {% do adapter.drop_relation(existing) %}
                {% endif %}
                {% call statement('create_score_table', auto_begin=false) %}
                    {{ create_score_table(score_table, node.columns.values() | list) }}
                {% endcall %}
            {% endif %}
        {% endfor %}
    {% endif %}
{% endmacro %}

{#- True when a table lacks one of the columns. -#}
{% macro _lacks_columns(relation, columns) -%}
    {%- set found = adapter.get_columns_in_relation(relation) | map(attribute='name') | map('lower') | list -%}
    {{ return(columns | map('lower') | reject('in', found) | list | length > 0) }}
{%- endmacro %}

{#- Columns of a table of scores with the types of an engine, from those that the source declares. -#}
{% macro declared_columns(columns, types) -%}
    {%- for column in columns -%}
        {{ column.name }} {{ types[column.data_type] }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
