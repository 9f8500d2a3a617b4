{# Grain: one row per reason for a return, with the reserved member unknown (-1). #}
{{ small_dimension(
    'return_reason', ref('int_returns_screened'), 'return_reason',
    condition="row_outcome = 'accepted'"
) }}
