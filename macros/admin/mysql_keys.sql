{#- Gives a new table its primary key and its indexes, read from what its own tests promise: columns that are
    unique and never NULL become the primary key; other unique columns and columns with a relationship become
    indexes. A table without such a key gets an invisible row number. -#}
{% macro add_mysql_keys(relation) %}
    {%- set widths = _index_widths(relation) -%}
    {%- set promised = _promised_keys() -%}
    {%- set primary = [] -%}
    {%- set indexes = [] -%}
    {%- for key in promised['unique'] -%}
        {%- set nullable = key | reject('in', promised['not_null']) | list -%}
        {%- if not primary and not nullable and _total_width(key, widths) <= 3072 -%}
            {%- do primary.extend(key) -%}
        {%- elif key not in indexes -%}
            {%- do indexes.append(key) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for key in promised['read_by'] if key not in indexes and key != primary[:key | length] -%}
        {%- do indexes.append(key) -%}
    {%- endfor -%}
    {%- set clauses = ['add primary key (' ~ primary | join(', ') ~ ')'] if primary else [
        'add column _row_key bigint unsigned not null auto_increment invisible primary key'
    ] -%}
    {%- for key in indexes -%}
        {%- do clauses.append('add index (' ~ _index_columns(key, widths) ~ ')') -%}
    {%- endfor -%}
    {%- do run_query('alter table ' ~ relation ~ ' ' ~ clauses | join(', ')) -%}
{% endmacro %}

{#- What the tests of the node in hand say about its columns: lists of columns that are unique, single columns
    that are never NULL, and lists of columns that readers look up by. -#}
{% macro _promised_keys() %}
    {%- set promised = {'unique': [], 'not_null': [], 'read_by': []} -%}
    {%- for test in graph.nodes.values() if test.resource_type == 'test' and test.attached_node == model.unique_id -%}
        {%- set given = test.test_metadata.kwargs.get('arguments') or test.test_metadata.kwargs -%}
        {%- if test.test_metadata.name == 'rules' -%}
            {%- for key in given.get('unique') or [] -%}
                {%- set columns = key['columns'] if key is mapping else key -%}
                {%- do promised['read_by' if key is mapping else 'unique'].append(
                    [columns] if columns is string else columns
                ) -%}
            {%- endfor -%}
            {%- do promised['not_null'].extend(given.get('never_null') or []) -%}
            {%- for column in given.get('relationships') or {} -%}
                {%- do promised['read_by'].append([column]) -%}
            {%- endfor -%}
        {%- elif test.test_metadata.name == 'relationships' -%}
            {%- do promised['read_by'].append([given.get('column_name')]) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(promised) }}
{% endmacro %}

{#- Bytes of each column in an index. -#}
{% macro _index_widths(relation) %}
    {%- set widths = {} -%}
    {%- for row in run_query(
        "select column_name, coalesce(character_octet_length, 8) from information_schema.columns "
        ~ "where table_schema = '" ~ relation.schema ~ "' and table_name = '" ~ relation.identifier ~ "'"
    ) -%}
        {%- do widths.update({row[0]: row[1] | int}) -%}
    {%- endfor -%}
    {{ return(widths) }}
{% endmacro %}

{% macro _total_width(key, widths) %}
    {%- set sizes = [] -%}
    {%- for column in key -%}
        {%- do sizes.append(widths[column]) -%}
    {%- endfor -%}
    {{ return(sizes | sum) }}
{% endmacro %}

{#- The columns of an index; long texts by their first 100 characters, an index holds 3,072 bytes. -#}
{% macro _index_columns(key, widths) %}
    {%- set names = [] -%}
    {%- for column in key -%}
        {%- do names.append(column ~ '(100)' if widths[column] > 400 else column) -%}
    {%- endfor -%}
    {{ return(names | join(', ')) }}
{% endmacro %}

{#- A seed gets its keys when its table is made. -#}
{% macro mysql__create_csv_table(model, agate_table) %}
    {%- set made = default__create_csv_table(model, agate_table) -%}
    {%- do customer_trends.add_mysql_keys(this) -%}
    {{ return(made) }}
{% endmacro %}

{% macro mariadb__create_csv_table(model, agate_table) %}
    {{ return(customer_trends.mysql__create_csv_table(model, agate_table)) }}
{% endmacro %}

{#- The columns that readers see; the adapter would list the invisible row number, too. -#}
{% macro mysql__get_columns_in_relation(relation) %}
    {%- set rows = run_query(
        "show columns from " ~ relation.schema ~ "." ~ relation.identifier ~ " where extra not like '%INVISIBLE%'"
    ) -%}
    {{ return(sql_convert_columns_in_relation(rows)) }}
{% endmacro %}

{% macro mariadb__get_columns_in_relation(relation) %}
    {{ return(customer_trends.mysql__get_columns_in_relation(relation)) }}
{% endmacro %}
