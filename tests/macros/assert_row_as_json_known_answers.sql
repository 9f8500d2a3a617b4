{# Engines lay the text out differently, so blanks are taken out before comparing. In the pattern _ stands for a
   back-slash, which engines read differently in a literal. #}
select as_json
from (
    select {{ row_as_json(['full_name', 'note'], 'given') }} as as_json
    from (
        select
            'Zoë "Z" 👍' as full_name,
            cast(null as {{ type_text() }}) as note
    ) as given
) as converted
where replace(as_json, ' ', '') not like '{"full_name":"Zoë_"Z_"👍","note":null}'
