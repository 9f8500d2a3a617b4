{# Warns, since 2026-11, because units returned beyond those sold are not counted and are reported
   here. #}
{{ config(severity='warn') }}
select
    source_system,
    return_id,
    order_key,
    line_number,
    excess_units
from {{ ref('fct_returns') }}
where excess_units > 0
