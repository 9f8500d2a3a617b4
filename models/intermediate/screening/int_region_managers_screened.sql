{# Grain: one row per staged row of region managers, good or bad, with its outcome. #}
{{ screen('region_managers') }}
