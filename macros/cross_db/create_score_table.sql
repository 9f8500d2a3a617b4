{#- Statement that creates an empty table of scores. -#}
{% macro create_score_table(relation, columns) -%}
    {{ return(adapter.dispatch('create_score_table', 'customer_trends')(relation, columns)) }}
{%- endmacro %}

{% macro default__create_score_table(relation, columns) -%}
    {{ exceptions.raise_compiler_error('create_score_table has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__create_score_table(relation, columns) -%}
    {%- set types = {
        'bigint': 'bigint', 'double': 'double', 'varchar': 'varchar', 'text': 'varchar',
        'boolean': 'boolean', 'date': 'date', 'timestamp': 'timestamp'
    } -%}
    create table {{ relation }} ({{ declared_columns(columns, types) }})
{%- endmacro %}

{% macro mysql__create_score_table(relation, columns) -%}
    {%- set types = {
        'bigint': 'bigint', 'double': 'double', 'varchar': 'varchar(255)', 'text': 'longtext',
        'boolean': 'tinyint(1)', 'date': 'date', 'timestamp': 'datetime(6)'
    } -%}
    create table {{ relation }} (
        {{ declared_columns(columns, types) }},
        _row_key bigint unsigned not null auto_increment invisible primary key
    )
{%- endmacro %}

{% macro mariadb__create_score_table(relation, columns) -%}
    {{ return(customer_trends.mysql__create_score_table(relation, columns)) }}
{%- endmacro %}

{% macro spark__create_score_table(relation, columns) -%}
    {%- set types = {
        'bigint': 'bigint', 'double': 'double', 'varchar': 'string', 'text': 'string',
        'boolean': 'boolean', 'date': 'date', 'timestamp': 'timestamp_ntz'
    } -%}
    create table {{ relation }} ({{ declared_columns(columns, types) }}) using parquet
{%- endmacro %}
