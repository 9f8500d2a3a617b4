{#- The part of the staging contract about people and products: what they are today and how they changed. Adds its entities to `contract`. -#}
{% macro _add_members_contract(contract, place, demographics) %}
    {% do contract.update({
        'customers': [
            ['customer_id', 'text', 'key', 'Natural key of the person.'],
            ['customer_name', 'text', 'optional', 'Full name (personal data).'],
            ['email', 'text', 'optional', 'E-mail address (personal data).'],
            ['phone', 'text', 'optional', 'Telephone number (personal data).'],
            ['street_address', 'text', 'optional', 'Street and house number (personal data).'],
            ['postal_code', 'text', 'optional', 'Postal code (personal data).'],
            ['declared_age', 'integer', 'optional', 'Age in years as the customer stated it.'],
            ['previous_purchase_count', 'integer', 'optional', 'Purchases before the data begin, as stated in a survey.'],
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
        ]
    }) %}
{% endmacro %}
