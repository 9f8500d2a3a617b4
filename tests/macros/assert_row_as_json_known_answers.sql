{# Engines lay the text out differently, so blanks are taken out before comparing. #}
select as_json
from (
    select {{ row_as_json(['name', 'note'], 'given') }} as as_json
    from (
        select
            'Zoë "Z" 👍' as name,
            cast(null as {{ type_text() }}) as note
    ) as given
) as converted
where replace(as_json, ' ', '') <> '{"name":"Zoë\"Z\"👍","note":null}'
