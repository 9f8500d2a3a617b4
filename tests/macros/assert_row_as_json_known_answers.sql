{# The back-slashes in front of quotes are matched by any character: engines read them differently
   in literals. #}
select as_json
from (
    select {{ row_as_json(['full_name', 'tabbed', 'no_text', 'note'], 'given') }} as as_json
    from (
        select
            'Zoë "Z" 👍' as full_name,
            'é	b ' as tabbed,
            '' as no_text,
            cast(null as {{ type_text() }}) as note
    ) as given
) as converted
where not as_json like '{"full_name":"Zoë _"Z_" 👍","tabbed":"é_tb ","no_text":"","note":null}'
