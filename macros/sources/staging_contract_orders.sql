{#- The part of the staging contract about orders: their lines, statuses, payments and returns. Adds its entities to `contract`. -#}
{% macro _add_orders_contract(contract, place) %}
    {% do contract.update({
        'orders': [
            ['order_id', 'text', 'key', 'Natural key of the order.'],
            ['customer_id', 'text', 'optional', 'Person who ordered; NULL is a guest.'],
            ['ordered_at_utc', 'timestamp', 'optional', 'Time of the order.'],
            ['order_local_date', 'date', 'optional', 'Day of the order in the zone of the source; NULL when not known.'],
            ['is_dst_adjusted', 'boolean', 'optional', 'True when the local time occurs twice or never.'],
            ['order_status', 'text', 'required', 'Latest status, as the source names it.'],
            ['channel', 'text', 'optional', 'Where the order was placed.'],
            ['payment_method', 'text', 'optional', 'How the order is paid.'],
            ['shipping_method', 'text', 'optional', 'How the order is sent.'],
            ['promotion_code', 'text', 'optional', 'Promotion used.'],
            ['season', 'text', 'optional', 'Season as declared, for sources without dates.'],
            ['is_discount_declared', 'boolean', 'optional', 'True when the source says there was a discount but not how much.'],
            ['order_discount_amount', 'decimal', 'optional', 'Discount on the complete order.'],
            ['shipping_amount', 'decimal', 'optional', 'Shipping charged.'],
            ['tax_amount', 'decimal', 'optional', 'Tax charged.'],
            ['header_total_amount', 'decimal', 'optional', 'Total printed on the order, to be compared with its lines.'],
            ['shipped_local_date', 'date', 'optional', 'Day the order left.'],
            ['delivered_local_date', 'date', 'optional', 'Day the order arrived.']
        ] + place,
        'order_items': [
            ['order_id', 'text', 'key', 'Order the line belongs to.'],
            ['line_number', 'integer', 'key', 'Number of the line.'],
            ['product_id', 'text', 'required', 'Product sold.'],
            ['quantity', 'decimal', 'required', 'Units; must be a whole number above 0.'],
            ['unit_price', 'decimal', 'optional', 'List price of one unit at the time.'],
            ['gross_amount', 'decimal', 'optional', 'List value of the line; NULL means quantity x unit price.'],
            ['line_discount_amount', 'decimal', 'optional', 'Discount on this line, positive.'],
            ['cost_amount', 'decimal', 'optional', 'Cost of the line; NULL means quantity x unit cost of the product at the time.'],
            ['item_size', 'text', 'optional', 'Size of the article.'],
            ['item_color', 'text', 'optional', 'Colour of the article.']
        ],
        'order_status_events': [
            ['order_id', 'text', 'key', 'Order that changed.'],
            ['event_sequence', 'integer', 'key', 'Order of the events within the order.'],
            ['order_status', 'text', 'required', 'Status entered, as the source names it.'],
            ['changed_at_utc', 'timestamp', 'required', 'Time of the change.']
        ],
        'payments': [
            ['payment_id', 'text', 'key', 'Natural key of the payment.'],
            ['order_id', 'text', 'required', 'Order that is paid.'],
            ['payment_method', 'text', 'optional', 'How it was paid.'],
            ['payment_amount', 'decimal', 'required', 'Amount paid.'],
            ['installment_count', 'integer', 'optional', 'Number of instalments.'],
            ['paid_local_date', 'date', 'optional', 'Day of the payment in the zone of the source.']
        ],
        'returns': [
            ['return_id', 'text', 'key', 'Natural key of the return or credit note.'],
            ['return_line_number', 'integer', 'key', 'Number of the line within the return.'],
            ['order_id', 'text', 'optional', 'Order the goods were bought in; NULL when the source does not say.'],
            ['line_number', 'integer', 'optional', 'Line of the order; NULL means every line of it.'],
            ['customer_id', 'text', 'optional', 'Person who returned, where no order is named.'],
            ['product_id', 'text', 'optional', 'Product returned, where no order is named.'],
            ['quantity', 'decimal', 'optional', 'Units returned; NULL means all units of the line.'],
            ['return_amount', 'decimal', 'optional', 'Goods value returned, where no order is named.'],
            ['refunded_tax_amount', 'decimal', 'optional', 'Tax paid back.'],
            ['refunded_shipping_amount', 'decimal', 'optional', 'Shipping paid back.'],
            ['return_reason', 'text', 'optional', 'Reason given.'],
            ['returned_at_utc', 'timestamp', 'optional', 'Time of the return.'],
            ['returned_local_date', 'date', 'optional', 'Day of the return in the zone of the source; NULL when not known.']
        ] + place
    }) %}
{% endmacro %}
