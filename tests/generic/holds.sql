{#- `expression` is true for each row; a row where it is NULL passes. -#}
{% test holds(model, expression) %}
select *
from {{ model }}
where not ({{ expression }})
{% endtest %}
