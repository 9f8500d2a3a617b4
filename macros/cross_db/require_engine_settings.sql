{#- Stops a run on a server whose settings would give other answers, and says what to set. Runs first of all. -#}
{% macro require_engine_settings() %}
    {% do keep_ansi_mode() %}
    {% if execute and flags.WHICH in ['run', 'build', 'test', 'seed'] %}
        {% for fix in find_wrong_settings() %}
            {% do exceptions.raise_compiler_error(fix) %}
        {% endfor %}
    {% endif %}
{% endmacro %}

{#- Has the engine refuse what it cannot compute, such as an overflow, for all statements after this. -#}
{% macro keep_ansi_mode() %}
    {{ return(adapter.dispatch('keep_ansi_mode', 'customer_trends')()) }}
{% endmacro %}

{% macro default__keep_ansi_mode() %}
    {{ exceptions.raise_compiler_error('keep_ansi_mode has no variant for ' ~ target.type) }}
{% endmacro %}

{#- DuckDB, MySQL and MariaDB do so by their own settings. -#}
{% macro duckdb__keep_ansi_mode() %}
{% endmacro %}

{% macro mysql__keep_ansi_mode() %}
{% endmacro %}

{% macro mariadb__keep_ansi_mode() %}
    {{ return(customer_trends.mysql__keep_ansi_mode()) }}
{% endmacro %}

{#- dbt-spark 1.11 sends the settings of its target before each statement, and has ANSI mode off among them, so that
    overflows would pass in silence. Here the target gets it on again. -#}
{% macro spark__keep_ansi_mode() %}
    {% if execute %}
        {% do adapter.config.credentials.server_side_parameters.update({'spark.sql.ansi.enabled': 'true'}) %}
        {#- The connection that is open got its settings before. -#}
        {% do run_query('set spark.sql.ansi.enabled = true') %}
    {% endif %}
{% endmacro %}

{#- Sentences, each about one setting to fix; none when all is well. -#}
{% macro find_wrong_settings() %}
    {{ return(adapter.dispatch('find_wrong_settings', 'customer_trends')()) }}
{% endmacro %}

{% macro default__find_wrong_settings() %}
    {{ exceptions.raise_compiler_error('find_wrong_settings has no variant for ' ~ target.type) }}
{% endmacro %}

{% macro duckdb__find_wrong_settings() %}
    {{ return([]) }}
{% endmacro %}

{% macro mysql__find_wrong_settings() %}
    {% set found = [] %}
    {% set modes = run_query('select @@session.sql_mode')[0][0] %}
    {% if 'STRICT_TRANS_TABLES' not in modes and 'STRICT_ALL_TABLES' not in modes %}
        {% do found.append("The server's sql_mode (" ~ modes ~ ") is not strict, so it would bend values in silence: "
            ~ "add STRICT_TRANS_TABLES to sql_mode.") %}
    {% endif %}
    {% for mode in ['ANSI_QUOTES', 'NO_BACKSLASH_ESCAPES', 'PAD_CHAR_TO_FULL_LENGTH'] if mode in modes %}
        {% do found.append("The server's sql_mode has " ~ mode ~ ", with which texts would be read differently: remove it.") %}
    {% endfor %}
    {% for source_system in var('source_systems') %}
        {% set zone = source_time_zone(source_system) %}
        {% if run_query("select convert_tz('2024-07-01 12:00:00', 'UTC', '" ~ zone ~ "')")[0][0] is none %}
            {% do found.append("The server does not know the time zone " ~ zone ~ ": load its time zone tables with "
                ~ "mysql_tzinfo_to_sql /usr/share/zoneinfo | mysql -u root mysql (MariaDB: mariadb-tzinfo-to-sql).") %}
        {% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{% macro mariadb__find_wrong_settings() %}
    {{ return(customer_trends.mysql__find_wrong_settings()) }}
{% endmacro %}

{% macro spark__find_wrong_settings() %}
    {% set found = [] %}
    {% set wanted = {
        'spark.sql.ansi.enabled': 'true',
        'spark.sql.session.timeZone': 'UTC',
        'spark.sql.timestampType': 'TIMESTAMP_NTZ',
    } %}
    {% for name, value in wanted.items() %}
        {% set row = run_query('set ' ~ name)[0] %}
        {% if row[1] | lower != value | lower %}
            {% do found.append("Spark's setting " ~ name ~ " is " ~ row[1] ~ ": set it to " ~ value ~ ".") %}
        {% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}
