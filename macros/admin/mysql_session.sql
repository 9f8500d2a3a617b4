{#- Collation of everything the project makes on MySQL: binary and without padding, so that 'abc' differs
    from 'Abc', from 'ábc' and from 'abc '. -#}
{% macro mysql_collation() -%}
    {{ return(adapter.dispatch('mysql_collation', 'customer_trends')()) }}
{%- endmacro %}

{% macro default__mysql_collation() -%}
    {{ exceptions.raise_compiler_error('mysql_collation has no variant for ' ~ target.type) }}
{%- endmacro %}

{% macro mysql__mysql_collation() -%}
    {{ return('utf8mb4_0900_bin') }}
{%- endmacro %}

{% macro mariadb__mysql_collation() -%}
    {{ return('utf8mb4_nopad_bin') }}
{%- endmacro %}

{#- Settings of a connection, made before each statement that makes or reads relations: the adapter opens a
    connection per node and cannot pass them on. With the server's own isolation level, a table that is made from
    others locks the rows it reads until it is done, and a shop that is read in place would have to wait. -#}
{% macro prepare_mysql_session() %}
    {% do run_query('set names utf8mb4 collate ' ~ mysql_collation()) %}
    {% do run_query("set time_zone = '+00:00'") %}
    {% do run_query('set session transaction isolation level read committed') %}
    {% do _choose_mysql_joins() %}
{% endmacro %}

{% macro _choose_mysql_joins() %}
    {% do adapter.dispatch('_choose_mysql_joins', 'customer_trends')() %}
{% endmacro %}

{% macro default___choose_mysql_joins() %}
    {{ exceptions.raise_compiler_error('_choose_mysql_joins has no variant for ' ~ target.type) }}
{% endmacro %}

{% macro mysql___choose_mysql_joins() %}
{% endmacro %}

{#- MariaDB joins without hashing unless this is set. -#}
{% macro mariadb___choose_mysql_joins() %}
    {% do run_query('set join_cache_level = 8, join_buffer_size = 33554432') %}
{% endmacro %}

{#- The adapter's own test statement, after the connection is prepared. -#}
{% macro mysql__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) %}
    {%- do customer_trends.prepare_mysql_session() -%}
    select
        {{ fail_calc }} as failures,
        case when {{ fail_calc }} {{ warn_if | replace('!=', '<>') }} then 'true' else 'false' end as should_warn,
        case when {{ fail_calc }} {{ error_if | replace('!=', '<>') }} then 'true' else 'false' end as should_error
    from (
        {{ main_sql }}
        {{ 'limit ' ~ limit if limit is not none }}
    ) as dbt_internal_test
{%- endmacro %}

{% macro mariadb__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) %}
    {{ return(customer_trends.mysql__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit)) }}
{% endmacro %}

{#- A database with the project's collation. -#}
{% macro mysql__create_schema(relation) -%}
    {%- call statement('create_schema') -%}
        create schema if not exists {{ relation.without_identifier() }}
        character set utf8mb4 collate {{ customer_trends.mysql_collation() }}
    {%- endcall -%}
{%- endmacro %}

{% macro mariadb__create_schema(relation) -%}
    {{ return(customer_trends.mysql__create_schema(relation)) }}
{%- endmacro %}
