{#- The first rules of rows that name an order: it must have been accepted. Over the aliases `staged`, `orders` (the
    accepted order, joined to the row) and `rejected_orders` (orders that were loaded but are in quarantine). -#}
{% macro order_lookup_rules() -%}
    {{ return([
        [
            'order_rejected', 'order_id',
            'staged.order_id is not null and orders.order_id is null and rejected_orders.order_id is not null'
        ],
        ['orphan_order', 'order_id', 'staged.order_id is not null and orders.order_id is null']
    ]) }}
{%- endmacro %}
