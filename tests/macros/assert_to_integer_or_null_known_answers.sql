{{ known_answers([
    ['whole number', to_integer_or_null("'12'"), '12'],
    ['negative', to_integer_or_null("'-3'"), '-3'],
    ['outer blanks', to_integer_or_null("'  7 '"), '7'],
    ['decimal zeros', to_integer_or_null("'17850.0'"), '17850'],
    ['fraction is no integer', to_integer_or_null("'12.5'"), 'null'],
    ['words', to_integer_or_null("'twelve'"), 'null'],
    ['starts like a number', to_integer_or_null("'12a'"), 'null'],
    ['underscore', to_integer_or_null("'1_000'"), 'null'],
    ['exponent', to_integer_or_null("'1e3'"), 'null'],
    ['empty', to_integer_or_null("''"), 'null'],
    ['null', to_integer_or_null('cast(null as ' ~ type_text() ~ ')'), 'null'],
    ['fifteen digits', to_integer_or_null("'999999999999999'"), '999999999999999'],
    ['too long', to_integer_or_null("'99999999999999999999'"), 'null']
]) }}
