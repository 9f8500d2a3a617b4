{#- The columns of an incremental table whose type a build would change; called by dbt. dbt 2.0 compares
    the engine's spelling, DECIMAL(18,4), with its own, decimal(18, 4): cases and blanks are no change. -#}
{% macro duckdb__diff_column_data_types(source_columns, target_columns) %}
    {% set known = {} %}
    {% for column in target_columns %}
        {% do known.update({column.name: column.expanded_data_type | lower | replace(' ', '')}) %}
    {% endfor %}
    {% set changed = [] %}
    {% for change in dbt.default__diff_column_data_types(source_columns, target_columns) %}
        {% if change.new_type | lower | replace(' ', '') != known[change.column_name] %}
            {% do changed.append(change) %}
        {% endif %}
    {% endfor %}
    {{ return(changed) }}
{% endmacro %}
