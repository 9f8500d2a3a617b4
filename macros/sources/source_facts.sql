{#- Reads one source system's line of the variable source_catalog, with a clear error when there is none. -#}
{% macro source_facts(source_system) %}
    {% set catalog = var('source_catalog') %}
    {% if source_system not in catalog %}
        {% do exceptions.raise_compiler_error(
            "source_systems names '" ~ source_system ~ "', which source_catalog in dbt_project.yml does not know. "
            ~ "Known: " ~ catalog.keys() | sort | join(', ') ~ "."
        ) %}
    {% endif %}
    {% do return(catalog[source_system]) %}
{% endmacro %}

{#- IANA time zone in which a source system's shop keeps its calendar. -#}
{% macro source_time_zone(source_system) %}
    {% do return(source_facts(source_system)['time_zone']) %}
{% endmacro %}
