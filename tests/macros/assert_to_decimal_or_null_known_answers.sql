{{ known_answers([
    ['money', to_decimal_or_null("'12.50'"), '12.5'],
    ['negative', to_decimal_or_null("'-3.1'"), '-3.1'],
    ['leading point', to_decimal_or_null("'.5'"), '0.5'],
    ['trailing blanks', to_decimal_or_null("'1.5  '"), '1.5'],
    ['fifth decimal rounds half away from zero', to_decimal_or_null("'0.00005'"), '0.0001'],
    ['negative fifth decimal', to_decimal_or_null("'-0.00005'"), '-0.0001'],
    ['large', to_decimal_or_null("'99999999999999.9999'"), '99999999999999.9999'],
    ['too large', to_decimal_or_null("'100000000000000000'"), 'null'],
    ['comma', to_decimal_or_null("'12,50'"), 'null'],
    ['letter for a digit', to_decimal_or_null("'12.5O'"), 'null'],
    ['currency sign', to_decimal_or_null("'$53.00'"), 'null'],
    ['empty', to_decimal_or_null("''"), 'null'],
    ['null', to_decimal_or_null('cast(null as ' ~ type_text() ~ ')'), 'null']
]) }}
