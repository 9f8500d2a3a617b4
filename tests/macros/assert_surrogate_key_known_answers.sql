{# Expected figures: the first 15 hexadecimal digits of SHA-256, worked out with another tool. #}
{{ known_answers([
    ['hash of nothing', hash_to_integer("''"), '1025426827051516353'],
    ['hash of accents and emoji', hash_to_integer("'é👍'"), '77776639940583224'],
    ['hash of null', hash_to_integer('null'), 'null'],
    ['two parts', surrogate_key(["'shop'", "'O1'"]), '324886718837096736'],
    ['null part', surrogate_key(["'shop'", 'null']), '119890550326908231'],
    ['parts do not run together', surrogate_key(["'a'", "'bc'"]), '374091619144008107'],
    ['parts do not run together either', surrogate_key(["'ab'", "'c'"]), '302017269670884118'],
    ['length counts characters', surrogate_key(["'é👍'"]), '271340824648872753'],
    ['number as text', surrogate_key(['12']), '920180213702815768'],
    ['negative number', surrogate_key(['-12']), '1094636916240137980'],
    ['large decimal', surrogate_key(["cast('12345678901234.5600' as " ~ type_decimal(18, 4) ~ ")"]), '577571196163240413'],
    ['date', surrogate_key(["cast('2024-02-29' as date)"]), '927934289204789177'],
    ['empty text is not null', surrogate_key(["''"]), '839754974375020238'],
    ['trailing blank counts', surrogate_key(["'a '"]), '276718932992048935'],
    ['null member', shared_key('promotion', 'null', -3), '-3'],
    ['member', shared_key('promotion', "'SPRING'", -3), '248401456496518155'],
    ['place known in part', geography_key("'México'", 'null', 'null', 'null'), '232784968268768052'],
    ['unknown place', geography_key('null', 'null', 'null', 'null'), '-1']
]) }}
