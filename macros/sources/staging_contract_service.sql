{#- The part of the staging contract about service: feedback, tickets, subscriptions and the people in charge. Adds its entities to `contract`. -#}
{% macro _add_service_contract(contract) %}
    {% do contract.update({
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
