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
    {% set contract = {} %}
    {% do _add_members_contract(contract, place, demographics) %}
    {% do _add_orders_contract(contract, place) %}
    {% do _add_service_contract(contract) %}
    {% do return(contract) %}
{% endmacro %}
