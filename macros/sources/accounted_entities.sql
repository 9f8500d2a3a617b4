{#- The entities of this build that account for rows of a raw table: a list of [source system, entity, raw table]. -#}
{% macro accounted_entities() %}
    {% set found = [] %}
    {% for source_system in var('source_systems') %}
        {% for entity, raw_table in source_facts(source_system)['entities'].items() if raw_table != 'derived' %}
            {% do found.append([source_system, entity, raw_table]) %}
        {% endfor %}
    {% endfor %}
    {% do return(found) %}
{% endmacro %}

{#- The raw tables that the entities of this build account for, each once: a list of [source system, raw table]. -#}
{% macro accounted_raw_tables() %}
    {% set found = [] %}
    {% for source_system, entity, raw_table in accounted_entities() if [source_system, raw_table] not in found %}
        {% do found.append([source_system, raw_table]) %}
    {% endfor %}
    {% do return(found) %}
{% endmacro %}
