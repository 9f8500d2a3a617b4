{#- Takes the place of the Spark adapter's own way to load a seed, which writes texts without escaping quotes,
    an empty field as the text 'None' and a number through a float. Here each value is an escaped text, cast
    to the type of its column. -#}
{% macro spark__load_csv_rows(model, agate_table) %}
    {% set column_types = model['config'].get('column_types', {}) %}
    {% set statements = [] %}
    {% for chunk in agate_table.rows | batch(get_batch_size()) %}
        {% set sql %}
            insert into {{ this.render() }} values
            {% for row in chunk %}
            (
                {%- for column in agate_table.column_names %}
                {%- set type = column_types.get(column, adapter.convert_type(agate_table, loop.index0)) %}
                cast({{ _spark_text_literal(row[loop.index0]) }} as {{ type }}){{ ',' if not loop.last }}
                {%- endfor %}
            ){{ ',' if not loop.last }}
            {%- endfor %}
        {% endset %}
        {% do adapter.add_query(sql, abridge_sql_log=True) %}
        {% do statements.append(sql) %}
    {% endfor %}
    {{ return(statements[0]) }}
{% endmacro %}

{% macro _spark_text_literal(value) -%}
    {%- if value is none -%}
    null
    {%- else -%}
    '{{ value | string | replace('\\', '\\\\') | replace("'", "\\'") }}'
    {%- endif -%}
{%- endmacro %}
