{#- Surrogate key of a natural key: the first 60 bits of the SHA-256 over its parts, each with its
    length in front ('3:abc'; '-' for NULL), so that no two different keys share a text. -#}
{% macro surrogate_key(parts) -%}
    {%- set texts = [] -%}
    {%- for part in parts -%}
        {%- set as_text = "cast(" ~ part ~ " as " ~ type_text(500) ~ ")" -%}
        {%- set length_as_text = "cast(" ~ count_characters(as_text) ~ " as " ~ type_text(10) ~ ")" -%}
        {%- do texts.append("coalesce(" ~ concat_text([length_as_text, "':'", as_text]) ~ ", '-')") -%}
    {%- endfor -%}
    {{ hash_to_integer(concat_text(texts)) }}
{%- endmacro %}

{#- Surrogate key of a member of a dimension that all source systems share; NULL becomes a reserved member. -#}
{% macro shared_key(dimension, name, reserved_key=-1) -%}
    case
        when {{ name }} is null then {{ reserved_key }}
        else {{ surrogate_key(["'" ~ dimension ~ "'", name]) }}
    end
{%- endmacro %}

{#- Surrogate key of a place; the reserved member -1 when nothing at all is known of it. -#}
{% macro geography_key(country, region, state, city) -%}
    case
        when coalesce({{ country }}, {{ region }}, {{ state }}, {{ city }}) is null then -1
        else {{ surrogate_key(["'geography'", country, region, state, city]) }}
    end
{%- endmacro %}
