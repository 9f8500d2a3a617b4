{# Warns, since 2026-11, because the lines win: a printed total that differs by more than a cent is
   the shop's to fix. #}
{{ config(severity='warn') }}
select
    source_system,
    order_id,
    header_total_amount,
    ordered_amount
from {{ ref('fct_orders') }}
where
    is_header_mismatch
    and has_lines
