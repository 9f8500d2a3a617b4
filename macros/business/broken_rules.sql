{#- One row that names the rules a relation breaks, each with the number of its rows, or no row where it keeps all of
    them. Rules about single rows share one scan. Columns: broken_rules, a text, and broken_count, how many. -#}
{% macro broken_rules(
    relation, unique=[], never_null=[], never_negative=[], within_range={}, accepted_values={}, relationships={}, holds=[],
    adds_up=false
) -%}
    {#- Each rule is its wording, and SQL that counts the rows that break it. -#}
    {%- set row_rules = [] -%}
    {%- for column in never_null -%}
        {%- do row_rules.append([column ~ ' is not null', 'count(*) - count(' ~ column ~ ')']) -%}
    {%- endfor -%}
    {%- for column in never_negative -%}
        {%- do row_rules.append([column ~ ' >= 0', _count_where(column ~ ' < 0')]) -%}
    {%- endfor -%}
    {%- for column, range in within_range.items() -%}
        {%- set faults = [] -%}
        {%- if range.min_value is defined -%}{%- do faults.append(column ~ ' < ' ~ range.min_value) -%}{%- endif -%}
        {%- if range.max_value is defined -%}{%- do faults.append(column ~ ' > ' ~ range.max_value) -%}{%- endif -%}
        {%- if not faults -%}
            {{ exceptions.raise_compiler_error('within_range of ' ~ column ~ ' needs min_value or max_value') }}
        {%- endif -%}
        {%- do row_rules.append([column ~ ' is within its range', _count_where(faults | join(' or '))]) -%}
    {%- endfor -%}
    {%- for column, given in accepted_values.items() -%}
        {%- set values = given['values'] if given is mapping else given -%}
        {%- set condition = (given.where ~ ' and ') if given is mapping else '' -%}
        {%- do row_rules.append([
            column ~ ' is an accepted value',
            _count_where(condition ~ column ~ ' not in (' ~ _literals(values) ~ ')')
        ]) -%}
    {%- endfor -%}
    {%- for expression in holds -%}
        {%- do row_rules.append([expression, _count_where('not (' ~ expression ~ ')')]) -%}
    {%- endfor -%}

    {#- Rules about several rows read the relation once each. -#}
    {%- set key_rules = [] -%}
    {%- for given in unique -%}
        {%- set columns = given['columns'] if given is mapping else given -%}
        {%- set names = [columns] if columns is string else columns -%}
        {%- set conditions = [given.where] if given is mapping else [] -%}
        {#- A column alone may be NULL many times; in a combination NULLs are equal. -#}
        {%- if names | length == 1 -%}{%- do conditions.append(names[0] ~ ' is not null') -%}{%- endif -%}
        {%- do key_rules.append([
            names | join(', ') ~ ' is unique',
            'select 1 as one from ' ~ relation
            ~ (' where ' ~ conditions | join(' and ') if conditions else '')
            ~ ' group by ' ~ names | join(', ') ~ ' having count(*) > 1'
        ]) -%}
    {%- endfor -%}
    {%- for column, parent in relationships.items() -%}
        {%- do key_rules.append([
            column ~ ' is in ' ~ parent.to,
            'select 1 as one from (select ' ~ column ~ ' as from_value from ' ~ relation
            ~ ' where ' ~ column ~ ' is not null' ~ (' and ' ~ parent.where if parent.where is defined else '')
            ~ ') as children left join ' ~ ref(parent.to)
            ~ ' as parents on children.from_value = parents.' ~ (parent.field or column)
            ~ ' where parents.' ~ (parent.field or column) ~ ' is null'
        ]) -%}
    {%- endfor -%}
    {%- if adds_up -%}
        {%- do key_rules.extend(_sums_to_compare(relation, ref('ops_totals'))) -%}
    {%- endif -%}
    {%- set rules = row_rules + key_rules %}
select
    broken_rules,
    broken_count
from (
    select
        {{ concat_text(_wordings(rules)) }} as broken_rules,
        {% for _ in rules -%}
        case when rule_{{ loop.index }} > 0 then 1 else 0 end{{ ' +' if not loop.last }}
        {% endfor -%}
        as broken_count
    from
        {%- if row_rules %} (
            select
                {%- for _, count in row_rules %}
                coalesce({{ count }}, 0) as rule_{{ loop.index }}{{ ',' if not loop.last }}
                {%- endfor %}
            from {{ relation }}
        ) as row_rules
        {%- endif %}
        {%- for _, query in key_rules %}
        {{ 'cross join' if row_rules or not loop.first }} (
            select count(*) as rule_{{ row_rules | length + loop.index }}
            from ({{ query }}) as breaking
        ) as key_rule_{{ loop.index }}
        {%- endfor %}
) as judged
where broken_count > 0
{%- endmacro %}

{#- A rule for each column that is declared additive: its sum is what the facts say for the population of the relation.
    Reads `population` of the model's meta, and `additivity` and `total` of the column's. -#}
{% macro _sums_to_compare(relation, totals) %}
    {%- set rules = [] -%}
    {%- for node in (graph.nodes.values() if execute else []) if node.resource_type == 'model' and node.name == relation.identifier -%}
        {%- set population = node.config.meta.get('population', 'counted') -%}
        {%- for column in node.columns.values() if column.meta.get('additivity') == 'additive' -%}
            {%- set measure = column.meta.get('total', column.name) -%}
            {%- do rules.append([
                'the sum of ' ~ column.name ~ ' is ' ~ measure ~ ' of ' ~ population ~ ' in ops_totals',
                'select 1 as one from (select coalesce(sum(' ~ column.name ~ '), 0) as shown_total from ' ~ relation
                ~ ') as shown left join ' ~ totals ~ " as totals on totals.population = '" ~ population
                ~ "' and totals.measure = '" ~ measure
                ~ "' where totals.total is null or shown.shown_total <> totals.total"
            ]) -%}
        {%- endfor -%}
        {%- if not rules -%}
            {{ exceptions.raise_compiler_error(relation.identifier ~ ' adds up to nothing: declare additivity in its columns') }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(rules) }}
{% endmacro %}

{% macro _count_where(condition) -%}
    sum(case when {{ condition }} then 1 else 0 end)
{%- endmacro %}

{#- Values as SQL: texts quoted, numbers as they are. -#}
{% macro _literals(values) -%}
    {%- for value in values -%}
        {{ "'" ~ dbt.escape_single_quotes(value) ~ "'" if value is string else value }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- The texts that make up the list of broken rules; one is empty where its rule is kept. -#}
{% macro _wordings(rules) %}
    {%- set texts = [] -%}
    {%- for wording, _ in rules -%}
        {%- set place = 'rule_' ~ loop.index -%}
        {%- set words = dbt.escape_single_quotes(wording | replace('\n', ' ') | trim) -%}
        {%- set parts = ["'" ~ words ~ ": '", 'cast(' ~ place ~ ' as ' ~ type_text(20) ~ ')', "'; '"] -%}
        {%- do texts.append("case when " ~ place ~ " > 0 then " ~ concat_text(parts) ~ " else '' end") -%}
    {%- endfor -%}
    {{ return(texts) }}
{% endmacro %}
