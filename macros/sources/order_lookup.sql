{#- Joins that give a screened row the outcome of the order it names: `orders` is the accepted order, `rejected`
    an order that was loaded but is in quarantine. -#}
{% macro order_lookup_joins() -%}
    left join {{ ref('int_orders_screened') }} as orders
        on
            staged.source_system = orders.source_system
            and staged.order_id = orders.order_id
            and orders.row_outcome = 'accepted'
    left join (
        select distinct
            source_system,
            order_id
        from {{ ref('int_orders_screened') }}
        where row_outcome = 'quarantined'
    ) as rejected
        on
            staged.source_system = rejected.source_system
            and staged.order_id = rejected.order_id
{%- endmacro %}

{#- The rules that go with order_lookup_joins: an order that is named must have been accepted. -#}
{% macro order_lookup_rules() -%}
    {{ return([
        [
            'order_rejected', 'order_id',
            'staged.order_id is not null and orders.order_id is null and rejected.order_id is not null'
        ],
        ['orphan_order', 'order_id', 'staged.order_id is not null and orders.order_id is null']
    ]) }}
{%- endmacro %}
