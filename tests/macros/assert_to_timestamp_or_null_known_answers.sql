{%- set noon = "cast('2024-02-29 12:00:00' as " ~ type_timestamp() ~ ")" %}
{{ known_answers([
    ['blank between', to_timestamp_or_null("'2024-02-29 12:00:00'"), noon],
    ['T and Z', to_timestamp_or_null("'2024-02-29T12:00:00Z'"), noon],
    ['no seconds', to_timestamp_or_null("'2024-02-29 12:00'"), noon],
    ['fraction', to_timestamp_or_null("'2024-02-29 12:00:00.000000'"), noon],
    ['millionths', to_timestamp_or_null("'2024-02-29 12:00:00.123456'"), "cast('2024-02-29 12:00:00.123456' as " ~ type_timestamp() ~ ")"],
    ['month end', to_timestamp_or_null("'2023-12-31 23:59:59'"), "cast('2023-12-31 23:59:59' as " ~ type_timestamp() ~ ")"],
    ['offset', to_timestamp_or_null("'2024-02-29T12:00:00+01:00'"), 'null'],
    ['second 60', to_timestamp_or_null("'2024-02-29 12:00:60'"), 'null'],
    ['outer blanks', to_timestamp_or_null("' 2024-02-29 12:00:00'"), 'null'],
    ['end of line', to_timestamp_or_null("'2024-02-29 12:00:00\n'"), 'null'],
    ['negative', to_timestamp_or_null("'-2024-02-29 12:00:00'"), 'null'],
    ['year 0', to_timestamp_or_null("'0000-01-01 12:00:00'"), 'null'],
    ['month 13', to_timestamp_or_null("'2024-13-01 12:00:00'"), 'null'],
    ['bare date', to_timestamp_or_null("'2024-02-29'"), "cast('2024-02-29 00:00:00' as " ~ type_timestamp() ~ ")"],
    ['hour 24', to_timestamp_or_null("'2024-02-29 24:00:01'"), 'null'],
    ['minute 60', to_timestamp_or_null("'2024-02-29 12:60:00'"), 'null'],
    ['impossible day', to_timestamp_or_null("'2023-02-30 10:00:00'"), 'null'],
    ['words', to_timestamp_or_null("'yesterday'"), 'null'],
    ['empty', to_timestamp_or_null("''"), 'null'],
    ['null', to_timestamp_or_null('null'), 'null']
]) }}
