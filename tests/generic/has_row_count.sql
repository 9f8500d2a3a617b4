{#- The relation has exactly `row_count` rows. -#}
{% test has_row_count(model, row_count) %}
select count(*) as found_row_count
from {{ model }}
having count(*) <> {{ row_count }}
{% endtest %}
