{#- The database of the shop, on the server of the warehouse, that the source `shop` reads in place; none when
    it reads raw tables. -#}
{% macro live_shop_schema() %}
    {% set schema = env_var('CUSTOMER_TRENDS_SHOP_SCHEMA', '') if 'shop' in var('source_systems') else '' %}
    {% if schema and target.type not in ['mysql', 'mariadb'] %}
        {% do exceptions.raise_compiler_error(
            'The target ' ~ target.name ~ " cannot read the shop's database " ~ schema ~ ' in place: unset '
            ~ 'CUSTOMER_TRENDS_SHOP_SCHEMA and copy the shop with customer-trends load shop --from '
            ~ 'mysql://user@host:port/' ~ schema ~ '.'
        ) %}
    {% endif %}
    {{ return(schema or none) }}
{% endmacro %}

{#- Moves the cut of the shop to now, once, before a run or build that reads every table of the shop, so that all
    models see one state. A run of some models, and the tests alone, stay with the cut that the others saw. -#}
{% macro freeze_live_shop() %}
    {% if execute and flags.WHICH in ['run', 'build', 'test', 'retry'] %}
        {% set schema = live_shop_schema() %}
        {% if schema and flags.WHICH in ['run', 'build'] %}
            {% if _shop_readers() | reject('in', selected_resources) | list %}
                {% do log('The shop stays as it was at the last full build: this run does not read all of it.', info=true) %}
            {% else %}
                {% call statement('freeze_live_shop', auto_begin=false) %}
                    call {{ adapter.quote(schema) }}.freeze_feed()
                {% endcall %}
            {% endif %}
        {% endif %}
    {% endif %}
{% endmacro %}

{#- The models that read tables of the shop. -#}
{% macro _shop_readers() %}
    {% set found = [] %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' %}
        {% for parent in node.depends_on.nodes if parent.startswith('source.' ~ project_name ~ '.shop.') %}
            {% do found.append(node.unique_id) if node.unique_id not in found %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}
