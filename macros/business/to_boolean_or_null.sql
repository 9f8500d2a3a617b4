{#- A truth value read from text (yes, no, true, false, 1, 0, in any letter case); anything else is NULL. -#}
{% macro to_boolean_or_null(text) -%}
    case
        when lower(trim(both ' ' from {{ text }})) in ('true', 'yes', 'y', 't', '1') then true
        when lower(trim(both ' ' from {{ text }})) in ('false', 'no', 'n', 'f', '0') then false
    end
{%- endmacro %}
