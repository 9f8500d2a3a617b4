{#- The data columns of a raw table as its source declaration lists them, each with the alias raw in front,
    and the columns that the declaration does not know. -#}
{% macro raw_columns(source_system, raw_table) %}
    {% set names = [] %}
    {% if execute %}
        {% for node in graph.sources.values() if node.source_name == source_system and node.name == raw_table %}
            {% for column in node.columns %}
                {% do names.append(column) %}
            {% endfor %}
        {% endfor %}
        {% do names.append('_other_columns') %}
    {% endif %}
    {% do return(names) %}
{% endmacro %}
