{#- The clock of dbt when it writes this test; the engine reads its own clock a little later. -#}
{%- set asked_at = "cast('" ~ modules.datetime.datetime.now(modules.pytz.utc).strftime('%Y-%m-%d %H:%M:%S') ~ "' as " ~ type_timestamp() ~ ')' -%}
{{ known_answers([
    ['not long before', 'case when ' ~ clock_utc() ~ ' > ' ~ add_hours(asked_at, -1) ~ ' then 1 else 0 end', '1'],
    ['not long after', 'case when ' ~ clock_utc() ~ ' < ' ~ add_hours(asked_at, 1) ~ ' then 1 else 0 end', '1']
]) }}
