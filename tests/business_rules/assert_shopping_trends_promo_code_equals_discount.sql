{# promo_code_used says the same as discount_applied in every row, so that staging may drop it. #}
{{ config(enabled='shopping_trends' in var('source_systems')) }}
select
    customer_id,
    discount_applied,
    promo_code_used
from {{ source('shopping_trends', 'purchases') }}
where
    {{ to_boolean_or_null('discount_applied') }} is not null
    and {{ to_boolean_or_null('promo_code_used') }} is not null
    and {{ to_boolean_or_null('discount_applied') }} <> {{ to_boolean_or_null('promo_code_used') }}
