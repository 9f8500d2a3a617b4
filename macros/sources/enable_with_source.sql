{#- Switches a model on only in builds that read the source system. conformed_columns() calls it; models
    that do not call that one call it themselves. -#}
{% macro enable_with_source(source_system) -%}
    {%- do config(enabled=source_system in var('source_systems')) -%}
{%- endmacro %}
