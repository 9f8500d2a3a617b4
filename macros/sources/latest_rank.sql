{#- Rank 1 marks the row that speaks for its group where an entity is derived from finer rows: the latest load,
    then the latest by `order_by`, then the last row of the file. -#}
{% macro latest_rank(partition_by, order_by=[]) -%}
    row_number() over (
        partition by {{ partition_by | join(', ') }}
        order by
            {%- for expression in order_by %}
            {{ expression }} desc,
            {%- endfor %}
            _loaded_at desc, _batch_id desc, _row_number desc
    )
{%- endmacro %}
