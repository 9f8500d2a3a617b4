{#- Two columns, rejection_reason and rejected_column: why a raw row cannot be trusted and which of its columns
    is to blame, NULL for a good row. The first rule that fails is named. The arguments list raw columns:
    keys and required must hold something, the others must be empty or readable as their type
    (dates: yyyy-mm-dd or month/day/year);
    other_rules are [reason, column, condition]. -#}
{% macro rejection(keys=[], required=[], dates=[], timestamps=[], integers=[], decimals=[], booleans=[], other_rules=[]) -%}
    {%- set rules = [] -%}
    {%- for column in keys -%}
        {%- do rules.append(['missing_key', column.split('.')[-1], "coalesce(trim(both ' ' from " ~ column ~ "), '') = ''"]) -%}
    {%- endfor -%}
    {%- for column in required -%}
        {%- do rules.append(['missing_value', column.split('.')[-1], "coalesce(trim(both ' ' from " ~ column ~ "), '') = ''"]) -%}
    {%- endfor -%}
    {%- for column in dates -%}
        {%- do rules.append(['invalid_date', column.split('.')[-1], _unreadable(column, to_any_date_or_null(column))]) -%}
    {%- endfor -%}
    {%- for column in timestamps -%}
        {%- do rules.append(['invalid_date', column.split('.')[-1], _unreadable(column, to_timestamp_or_null(column))]) -%}
    {%- endfor -%}
    {%- for column in integers -%}
        {%- do rules.append(['invalid_number', column.split('.')[-1], _unreadable(column, to_integer_or_null(column))]) -%}
    {%- endfor -%}
    {%- for column in decimals -%}
        {%- do rules.append(['invalid_number', column.split('.')[-1], _unreadable(column, to_decimal_or_null(column))]) -%}
    {%- endfor -%}
    {%- for column in booleans -%}
        {%- do rules.append(['invalid_boolean', column.split('.')[-1], _unreadable(column, to_boolean_or_null(column))]) -%}
    {%- endfor -%}
    {{ first_failed_rule(rules + other_rules) }}
{%- endmacro %}

{#- Two columns, rejection_reason and rejected_column, from rules of the form [reason, column, condition].
    `judged_before` is the alias of rows that were judged before: what they failed then comes first. -#}
{% macro first_failed_rule(rules, judged_before=none) -%}
    {%- if rules | length == 0 -%}
    cast(null as {{ type_text(50) }}) as rejection_reason,
    cast(null as {{ type_text(100) }}) as rejected_column
    {%- else -%}
    case
        {%- if judged_before is not none %}
        when {{ judged_before }}.rejection_reason is not null then {{ judged_before }}.rejection_reason
        {%- endif %}
        {%- for reason, column, condition in rules %}
        when {{ condition }} then '{{ reason }}'
        {%- endfor %}
    end as rejection_reason,
    case
        {%- if judged_before is not none %}
        when {{ judged_before }}.rejection_reason is not null then {{ judged_before }}.rejected_column
        {%- endif %}
        {%- for reason, column, condition in rules %}
        when {{ condition }} then '{{ column }}'
        {%- endfor %}
    end as rejected_column
    {%- endif -%}
{%- endmacro %}

{#- Two columns for entities derived from other rows, which have been judged already. -#}
{% macro no_rejection() -%}
    {{ first_failed_rule([]) }}
{%- endmacro %}

{% macro _unreadable(column, parsed) -%}
    {{ return("(coalesce(trim(both ' ' from " ~ column ~ "), '') <> '' and (" ~ parsed ~ ") is null)") }}
{%- endmacro %}
