{#- Why a growth rate is or is not given. Reads is_undated, is_prelaunch and is_complete of the period. -#}
{% macro growth_status(prior) -%}
    case
        when is_undated then 'undated'
        when is_prelaunch then 'prelaunch'
        when not is_complete then 'partial'
        when {{ prior }} is null then 'no_prior'
        when {{ prior }} = 0 then 'zero_prior'
        when {{ prior }} < 0 then 'negative_prior'
        else 'ok'
    end
{%- endmacro %}
