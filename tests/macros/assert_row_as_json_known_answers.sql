{# Engines lay the text out differently, so blanks are taken out before comparing. #}
select as_json
from (
    select {{ row_as_json(['full_name', 'note'], 'given') }} as as_json
    from (
        select
            'Zoë "Z" 👍' as full_name,
            cast(null as {{ type_text() }}) as note
    ) as given
) as converted
where replace(as_json, ' ', '') <> '{"full_name":"Zoë\"Z\"👍","note":null}'
