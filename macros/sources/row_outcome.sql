{#- Two columns, row_outcome and reason_code, for a CTE of judged rows. Of several trusted rows with the same
    natural key the latest load (then the last row) is accepted and the others are duplicates. -#}
{% macro row_outcome(natural_key) -%}
    case
        when rejection_reason is not null then 'quarantined'
        when {{ _recency(natural_key) }} > 1 then 'duplicate'
        else 'accepted'
    end as row_outcome,
    case
        when rejection_reason is not null then rejection_reason
        when {{ _recency(natural_key) }} > 1 then 'duplicate_row'
    end as reason_code
{%- endmacro %}

{% macro _recency(natural_key) -%}
    row_number() over (
        partition by source_system, {{ natural_key | join(', ') }}, case when rejection_reason is null then 1 else 0 end
        order by _loaded_at desc, _batch_id desc, _row_number desc
    )
{%- endmacro %}
