{#- The three scores of a row side by side, such as '545'. Reads recency_score, frequency_score and monetary_score. -#}
{% macro rfm_cell() -%}
    {%- set digits = [] -%}
    {%- for score in ['recency_score', 'frequency_score', 'monetary_score'] -%}
        {%- do digits.append("cast(" ~ score ~ " as " ~ type_text(1) ~ ")") -%}
    {%- endfor -%}
    {{ concat_text(digits) }}
{%- endmacro %}
