{{ known_answers([
    ['decimal rounds half away from zero', "cast(cast('0.00005' as " ~ type_decimal(18, 5) ~ ") as " ~ type_decimal() ~ ")", '0.0001'],
    ['negative decimal', "cast(cast('-0.00005' as " ~ type_decimal(18, 5) ~ ") as " ~ type_decimal() ~ ")", '-0.0001'],
    ['large decimal', "cast('-99999999999999.9999' as " ~ type_decimal() ~ ")", '-99999999999999.9999'],
    ['decimal keeps its zeros as text', "cast(cast('12.5' as " ~ type_decimal() ~ ") as " ~ type_text(30) ~ ")", "'12.5000'"],
    ['decimal of null', "cast(null as " ~ type_decimal() ~ ")", 'null'],
    ['largest integer', "cast('9223372036854775807' as " ~ type_integer() ~ ")", '9223372036854775807'],
    ['integer of null', "cast(null as " ~ type_integer() ~ ")", 'null'],
    ['text keeps trailing blanks', "cast('é👍 ' as " ~ type_text(10) ~ ")", "'é👍 '"],
    ['empty text', "cast('' as " ~ type_text(10) ~ ")", "''"],
    ['date as text', "cast(cast('2024-02-29' as date) as " ~ type_text(10) ~ ")", "'2024-02-29'"],
    ['date as a point in time', "cast(cast('2024-02-29' as date) as " ~ type_timestamp() ~ ")", "cast('2024-02-29 00:00:00' as " ~ type_timestamp() ~ ")"],
    ['day of a point in time', "cast(cast('2024-12-31 23:59:59.999999' as " ~ type_timestamp() ~ ") as date)", "cast('2024-12-31' as date)"]
]) }}
