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
