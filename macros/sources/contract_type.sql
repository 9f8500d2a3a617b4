{#- Engine type of a contract type name. -#}
{% macro contract_type(type_name) -%}
    {%- set types = {
        'text': type_text(500),
        'integer': type_integer(),
        'decimal': type_decimal(18, 4),
        'boolean': type_boolean(),
        'date': 'date',
        'timestamp': type_timestamp()
    } -%}
    {{ return(types[type_name]) }}
{%- endmacro %}
