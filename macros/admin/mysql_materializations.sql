{#- A table is built beside the old one, gets its keys, and takes its place in one statement: a reader finds
    the old table or the new one, never a part of one. -#}
{% materialization table, adapter='mysql' %}
    {{ return(customer_trends.build_and_swap_table(sql)) }}
{% endmaterialization %}

{% materialization table, adapter='mariadb' %}
    {{ return(customer_trends.build_and_swap_table(sql)) }}
{% endmaterialization %}

{#- A table that grows is made like any other; after that its new rows are added in one statement. -#}
{% materialization incremental, adapter='mysql' %}
    {{ return(customer_trends.build_or_extend_table(sql)) }}
{% endmaterialization %}

{% materialization incremental, adapter='mariadb' %}
    {{ return(customer_trends.build_or_extend_table(sql)) }}
{% endmaterialization %}

{% macro build_or_extend_table(sql) %}
    {%- if not is_incremental() -%}
        {{ return(customer_trends.build_and_swap_table(sql)) }}
    {%- endif -%}
    {{ run_hooks(pre_hooks) }}
    {%- do prepare_mysql_session() -%}
    {%- set names = adapter.get_columns_in_relation(this) | map(attribute='name') | join(', ') -%}
    {%- call statement('main') -%}
        insert into {{ this }} ({{ names }})
        select {{ names }} from (
            {{ sql }}
        ) as added
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmacro %}

{% macro build_and_swap_table(sql) %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set new_relation = _beside(target_relation, '__new') -%}
    {%- set old_relation = _beside(target_relation, '__old') -%}
    {%- set existing_relation = load_cached_relation(this) -%}

    {{ run_hooks(pre_hooks) }}
    {%- do prepare_mysql_session() -%}
    {%- do run_query('drop table if exists ' ~ new_relation ~ ', ' ~ old_relation) -%}
    {%- call statement('main') -%}
        create table {{ new_relation }} as
        {{ sql }}
    {%- endcall -%}
    {%- do add_mysql_keys(new_relation) -%}

    {%- if existing_relation is not none and existing_relation.is_table -%}
        {%- do run_query(
            'rename table ' ~ target_relation ~ ' to ' ~ old_relation ~ ', ' ~ new_relation ~ ' to ' ~ target_relation
        ) -%}
        {%- do run_query('drop table ' ~ old_relation) -%}
    {%- else -%}
        {%- do run_query('drop view if exists ' ~ target_relation) -%}
        {%- do run_query('rename table ' ~ new_relation ~ ' to ' ~ target_relation) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [target_relation]}) }}
{% endmacro %}

{% macro _beside(relation, suffix) -%}
    {{ return(relation.incorporate(path={'identifier': (relation.identifier ~ suffix)})) }}
{%- endmacro %}
