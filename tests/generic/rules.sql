{#- All rules of a relation in one test; what a failing one returns names the rules that are broken. The arguments are
    those of the macro broken_rules. -#}
{% test rules(
    model, unique=[], never_null=[], never_negative=[], within_range={}, accepted_values={}, relationships={}, holds=[],
    adds_up=false
) %}
    {{- config(fail_calc='coalesce(sum(broken_count), 0)') -}}
    {{ broken_rules(model, unique, never_null, never_negative, within_range, accepted_values, relationships, holds, adds_up) }}
{% endtest %}
