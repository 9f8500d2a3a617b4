{%- set moment = type_timestamp() -%}
{{ known_answers([
    ['winter to local', utc_to_local("cast('2024-01-15 06:30:00' as " ~ moment ~ ")", 'America/Chicago'), "cast('2024-01-15 00:30:00' as " ~ moment ~ ")"],
    ['summer to local', utc_to_local("cast('2024-07-15 04:30:00' as " ~ moment ~ ")", 'America/Chicago'), "cast('2024-07-14 23:30:00' as " ~ moment ~ ")"],
    ['null to local', utc_to_local('cast(null as ' ~ type_timestamp() ~ ')', 'America/Chicago'), 'null'],
    ['summer to UTC', local_to_utc("cast('2024-07-14 12:00:00' as " ~ moment ~ ")", 'Europe/London'), "cast('2024-07-14 11:00:00' as " ~ moment ~ ")"],
    ['winter to UTC', local_to_utc("cast('2024-01-14 12:00:00' as " ~ moment ~ ")", 'Europe/London'), "cast('2024-01-14 12:00:00' as " ~ moment ~ ")"],
    ['twice: the earlier instant', local_to_utc("cast('2024-10-27 01:30:00' as " ~ moment ~ ")", 'Europe/London'), "cast('2024-10-27 00:30:00' as " ~ moment ~ ")"],
    ['never: after the gap', local_to_utc("cast('2024-03-31 01:30:00' as " ~ moment ~ ")", 'Europe/London'), "cast('2024-03-31 01:30:00' as " ~ moment ~ ")"],
    ['no summer time in Brazil today', local_to_utc("cast('2024-01-15 12:00:00' as " ~ moment ~ ")", 'America/Sao_Paulo'), "cast('2024-01-15 15:00:00' as " ~ moment ~ ")"],
    ['summer time in Brazil in 2018', local_to_utc("cast('2018-01-15 12:00:00' as " ~ moment ~ ")", 'America/Sao_Paulo'), "cast('2018-01-15 14:00:00' as " ~ moment ~ ")"],
    ['UTC stays', local_to_utc("cast('2024-03-31 01:30:00' as " ~ moment ~ ")", 'UTC'), "cast('2024-03-31 01:30:00' as " ~ moment ~ ")"],
    ['twice is a clock change', "case when " ~ is_clock_change("cast('2024-10-27 01:30:00' as " ~ moment ~ ")", 'Europe/London') ~ " then 1 else 0 end", '1'],
    ['never is a clock change', "case when " ~ is_clock_change("cast('2024-03-31 01:30:00' as " ~ moment ~ ")", 'Europe/London') ~ " then 1 else 0 end", '1'],
    ['an hour later is none', "case when " ~ is_clock_change("cast('2024-10-27 02:30:00' as " ~ moment ~ ")", 'Europe/London') ~ " then 1 else 0 end", '0'],
    ['UTC has none', "case when " ~ is_clock_change("cast('2024-10-27 01:30:00' as " ~ moment ~ ")", 'UTC') ~ " then 1 else 0 end", '0'],
    ['hour later', add_hours("cast('2024-02-28 23:30:00' as " ~ moment ~ ")", 1), "cast('2024-02-29 00:30:00' as " ~ moment ~ ")"]
]) }}
