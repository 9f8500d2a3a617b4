{#- The RFM segment of a customer: that of the cell, or why there is none. Reads customers, celled and segments. -#}
{% macro rfm_segment() -%}
    case
        when celled.customer_key is not null then segments.rfm_segment
        when customers.recency_days is not null then 'Dormant'
        when customers.orders_qualifying > 0 then 'Undated'
        else 'Prospect'
    end
{%- endmacro %}
