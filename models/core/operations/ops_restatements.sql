{# Grain: one row per source system, month and statement that corrected the one before it. #}
{%- set said = ['orders', 'net_sales', 'net_sales_by_order_date'] %}
with

statements as (

    select * from {{ ref('ops_month_statements') }}

),

final as (

    select
        corrected.source_system,
        corrected.month_start_date,
        corrected.statement_number,
        {%- for measure in said %}
        earlier.{{ measure }} as earlier_{{ measure }},
        corrected.{{ measure }},
        cast(
            corrected.{{ measure }} - earlier.{{ measure }}
            as {{ type_integer() if measure == 'orders' else type_decimal(18, 4) }}
        ) as {{ measure }}_change,
        {%- endfor %}
        earlier.as_of_date as earlier_as_of_date,
        corrected.as_of_date
    from statements as corrected
    inner join statements as earlier
        on
            corrected.source_system = earlier.source_system
            and corrected.month_start_date = earlier.month_start_date
            and corrected.statement_number = earlier.statement_number + 1

)

select * from final
