{#- The canonical staging contract: what every source system is mapped to. Entity -> columns in order;
    a column is [name, type, presence, meaning]. Presence: 'key' (part of the natural key), 'required', 'optional'. -#}
{% macro staging_contract() %}
    {% set place = [
        ['country', 'text', 'optional', 'Country in English.'],
        ['region', 'text', 'optional', 'Sales region; taken from the state where the source has none.'],
        ['state', 'text', 'optional', 'State or province, as a name or as its official code.'],
        ['city', 'text', 'optional', 'City.']
    ] %}
    {% set demographics = [
        ['gender', 'text', 'optional', 'Female, Male or Other.'],
        ['birth_date', 'date', 'optional', 'Date of birth.'],
        ['annual_income', 'decimal', 'optional', 'Yearly income in currency units.'],
        ['spending_score', 'decimal', 'optional', 'Spending score, 1 to 100.'],
        ['segment', 'text', 'optional', 'Customer segment as the source names it.'],
        ['is_subscriber', 'boolean', 'optional', 'True for a customer with a running subscription.']
    ] %}
    {% do return({
        'customers': [
            ['customer_id', 'text', 'key', 'Natural key of the person.'],
            ['customer_name', 'text', 'optional', 'Full name (personal data).'],
            ['email', 'text', 'optional', 'E-mail address (personal data).'],
            ['phone', 'text', 'optional', 'Telephone number (personal data).'],
            ['street_address', 'text', 'optional', 'Street and house number (personal data).'],
            ['postal_code', 'text', 'optional', 'Postal code (personal data).'],
            ['declared_age', 'integer', 'optional', 'Age in years as the customer told it.'],
            ['previous_purchase_count', 'integer', 'optional', 'Purchases before the data begin, as told in a survey.'],
            ['purchase_frequency', 'text', 'optional', 'How often the customer says to buy: Weekly, Monthly and so on.'],
            ['registered_at_utc', 'timestamp', 'optional', 'Time of registration.'],
            ['updated_at_utc', 'timestamp', 'optional', 'Time of the last change of the row.']
        ] + demographics + place,
        'customer_changes': [
            ['customer_id', 'text', 'key', 'Natural key of the person.'],
            ['change_sequence', 'integer', 'key', 'Order of the changes.'],
            ['changed_at_utc', 'timestamp', 'required', 'Time of the change.'],
            ['is_deleted', 'boolean', 'optional', 'True when the change deletes the customer.']
        ] + demographics + place,
        'products': [
            ['product_id', 'text', 'key', 'Natural key of the product.'],
            ['product_code', 'text', 'optional', 'Code printed for people, where it differs from the key.'],
            ['product_name', 'text', 'optional', 'Name of the product.'],
            ['category', 'text', 'optional', 'Category; products without one become Uncategorised.'],
            ['sub_category', 'text', 'optional', 'Sub-category.'],
            ['list_price', 'decimal', 'optional', 'Price of one unit today.'],
            ['unit_cost', 'decimal', 'optional', 'Cost of one unit today.'],
            ['is_gift_card', 'boolean', 'optional', 'True for gift cards, which are not merchandise sales.'],
            ['updated_at_utc', 'timestamp', 'optional', 'Time of the last change of the row.']
        ],
        'product_changes': [
            ['product_id', 'text', 'key', 'Natural key of the product.'],
            ['change_sequence', 'integer', 'key', 'Order of the changes.'],
            ['changed_at_utc', 'timestamp', 'required', 'Time from which the change is valid.'],
            ['category', 'text', 'optional', 'Category after the change; NULL keeps the category of today.'],
            ['sub_category', 'text', 'optional', 'Sub-category after the change; NULL keeps the one of today.'],
            ['list_price', 'decimal', 'optional', 'Price of one unit after the change.'],
            ['unit_cost', 'decimal', 'optional', 'Cost of one unit after the change.']
        ],
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
            ['order_discount_amount', 'decimal', 'optional', 'Discount on the whole order.'],
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
        ] + place,
        'feedback': [
            ['feedback_id', 'text', 'key', 'Natural key of the feedback.'],
            ['customer_id', 'text', 'optional', 'Person who gave it.'],
            ['order_id', 'text', 'optional', 'Order it is about.'],
            ['product_id', 'text', 'optional', 'Product it is about.'],
            ['feedback_type', 'text', 'required', 'review, complaint or enquiry.'],
            ['rating', 'decimal', 'optional', 'Rating from 1 to 5; NULL when none was given.'],
            ['has_comment', 'boolean', 'optional', 'True when the customer wrote something.'],
            ['submitted_local_date', 'date', 'optional', 'Day of the feedback in the zone of the source.']
        ],
        'support_tickets': [
            ['ticket_id', 'text', 'key', 'Natural key of the ticket.'],
            ['customer_id', 'text', 'optional', 'Person who asked.'],
            ['order_id', 'text', 'optional', 'Order it is about.'],
            ['ticket_type', 'text', 'required', 'complaint, enquiry or technical.'],
            ['severity', 'text', 'optional', 'low, medium or high.'],
            ['opened_at_utc', 'timestamp', 'required', 'Time of opening.'],
            ['opened_local_date', 'date', 'required', 'Day of opening in the zone of the source.'],
            ['first_response_at_utc', 'timestamp', 'optional', 'Time of the first answer.'],
            ['resolved_at_utc', 'timestamp', 'optional', 'Time of resolution.']
        ],
        'subscriptions': [
            ['subscription_id', 'text', 'key', 'Natural key of the subscription period.'],
            ['customer_id', 'text', 'required', 'Subscriber.'],
            ['plan_name', 'text', 'optional', 'Plan.'],
            ['monthly_fee_amount', 'decimal', 'optional', 'Fee per month.'],
            ['started_local_date', 'date', 'optional', 'First day.'],
            ['ended_local_date', 'date', 'optional', 'Last day; NULL while it runs or when not known.']
        ],
        'region_managers': [
            ['region', 'text', 'key', 'Sales region.'],
            ['manager_name', 'text', 'optional', 'Person who answers for the region.']
        ]
    }) %}
{% endmacro %}

{#- Engine type of a contract type name. -#}
{% macro contract_type(type_name) -%}
    {%- set types = {
        'text': type_text(500),
        'integer': type_integer(),
        'decimal': type_decimal(18, 4),
        'boolean': type_boolean(),
        'date': 'date',
        'timestamp': type_timestamp()
    } -%}
    {{ return(types[type_name]) }}
{%- endmacro %}
