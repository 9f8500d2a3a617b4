{#- Statement that creates an empty raw table: text columns in the order given, then the audit columns of the loader. -#}
{% macro create_raw_table(relation, columns) -%}
    {{ return(adapter.dispatch('create_raw_table', 'customer_trends')(relation, columns)) }}
{%- endmacro %}

{% macro default__create_raw_table(relation, columns) -%}
    {{ exceptions.raise_compiler_error('create_raw_table has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro duckdb__create_raw_table(relation, columns) -%}
    create table {{ relation }} (
        {%- for column in columns %}
        {{ column }} varchar,
        {%- endfor %}
        _other_columns varchar,
        _loaded_at timestamp,
        _source_file varchar,
        _batch_id varchar,
        _row_number bigint
    )
{%- endmacro %}

{% macro mysql__create_raw_table(relation, columns) -%}
    create table {{ relation }} (
        {%- for column in columns %}
        {{ adapter.quote(column) }} longtext,
        {%- endfor %}
        _other_columns longtext,
        _loaded_at datetime(6),
        _source_file varchar(500),
        _batch_id varchar(50),
        _row_number bigint,
        primary key (_batch_id, _row_number)
    )
{%- endmacro %}

{% macro mariadb__create_raw_table(relation, columns) -%}
    {{ return(customer_trends.mysql__create_raw_table(relation, columns)) }}
{%- endmacro %}

{#- A batch is a partition, so that a load can replace or remove all of it. -#}
{% macro spark__create_raw_table(relation, columns) -%}
    create table {{ relation }} (
        {%- for column in columns %}
        {{ column }} string,
        {%- endfor %}
        _other_columns string,
        _loaded_at timestamp_ntz,
        _source_file string,
        _row_number bigint,
        _batch_id string
    )
    using parquet
    partitioned by (_batch_id)
{%- endmacro %}
