{#- Switches a model on only in builds that read the source system. conform() calls it; models that do not end
    in conform() call it themselves. -#}
{% macro enable_with_source(source_system) -%}
    {%- do config(enabled=source_system in var('source_systems')) -%}
{%- endmacro %}
