{#- A rule of each kind, kept and broken, with the words in which it is said to be broken. -#}
with

given as (

    select 1 as id, 'a' as letter, 5 as amount, 10 as upper_bound, 'x' as kind
    union all
    select 2 as id, null as letter, -3 as amount, 10 as upper_bound, 'y' as kind
    union all
    select 2 as id, 'a' as letter, null as amount, 10 as upper_bound, 'y' as kind

),

judged as (

    select
        'kept' as name,
        max(broken_rules) as broken_rules,
        max(broken_count) as broken_count
    from (
        {{ broken_rules(
            'given',
            unique=[['id', 'letter'], {'columns': ['id'], 'where': "kind = 'x'"}],
            never_null=['id', 'kind'],
            never_negative=['id'],
            within_range={'id': {'min_value': 1, 'max_value': 2}, 'amount': {'max_value': 'upper_bound'}},
            accepted_values={'letter': ['a'], 'amount': {'values': [5], 'where': "kind = 'x'"}},
            holds=['amount < 6', "kind <> 'z'"]
        ) }}
    ) as kept

    union all

    select
        'broken' as name,
        max(broken_rules) as broken_rules,
        max(broken_count) as broken_count
    from (
        {{ broken_rules(
            'given',
            unique=['id', ['letter', 'kind'], ['upper_bound', 'kind']],
            never_null=['letter'],
            never_negative=['amount'],
            within_range={'amount': {'min_value': -2, 'max_value': 4}},
            accepted_values={'kind': ['x']},
            relationships={'kind': {'to': 'order_statuses', 'field': 'order_status', 'where': "letter = 'a'"}},
            holds=["letter <> 'a'", 'amount > 0']
        ) }}
    ) as broken

)

select *
from judged
where
    (name = 'kept' and broken_rules is not null)
    or (
        name = 'broken'
        and (
            broken_count <> 9
            or broken_rules <> ({{ concat_text([
                "'letter is not null: 1; '",
                "'amount >= 0: 1; '",
                "'amount is within its range: 2; '",
                "'kind is an accepted value: 2; '",
                "'" ~ dbt.escape_single_quotes("letter <> 'a': 2; ") ~ "'",
                "'amount > 0: 1; '",
                "'id is unique: 1; '",
                "'upper_bound, kind is unique: 1; '",
                "'kind is in order_statuses: 2; '"
            ]) }})
        )
    )
