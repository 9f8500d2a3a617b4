{#- Creates every raw table of the sources in this build that no load has created yet, empty, so that a
    build works before anything was loaded. Runs at the start of each run; changes no table that exists, and
    makes nothing in a shop that is read in place. -#}
{% macro create_missing_raw_tables() %}
    {% if execute and flags.WHICH in ['run', 'build', 'test'] %}
        {% set live_sources = ['shop'] if live_shop_schema() else [] %}
        {% for node in graph.sources.values() if node.source_name in var('source_systems') and node.source_name not in live_sources %}
            {% set relation = adapter.get_relation(node.database, node.schema, node.identifier) %}
            {% if relation is none %}
                {% do adapter.create_schema(api.Relation.create(database=node.database, schema=node.schema)) %}
                {% set raw_table = api.Relation.create(
                    database=node.database, schema=node.schema, identifier=node.identifier
                ) %}
                {% call statement('create_raw_table', auto_begin=false) %}
                    {{ create_raw_table(raw_table, node.columns.keys() | list) }}
                {% endcall %}
            {% endif %}
        {% endfor %}
    {% endif %}
{% endmacro %}
