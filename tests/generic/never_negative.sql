{#- No row has a value below 0 in any of `columns`, NULL passes; one scan for all of them. -#}
{% test never_negative(model, columns) %}
select {{ columns | join(', ') }}
from {{ model }}
where {{ columns | join(' < 0 or ') }} < 0
{% endtest %}
