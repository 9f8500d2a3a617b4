{{ known_answers([
    ['on the day', full_years_between("cast('1984-02-28' as date)", "cast('2024-02-28' as date)"), '40'],
    ['the day before', full_years_between("cast('1984-02-28' as date)", "cast('2024-02-27' as date)"), '39'],
    ['same day', full_years_between("cast('2024-05-17' as date)", "cast('2024-05-17' as date)"), '0'],
    ['later month, earlier day', full_years_between("cast('2000-01-31' as date)", "cast('2024-02-01' as date)"), '24'],
    ['month end', full_years_between("cast('2000-01-31' as date)", "cast('2024-01-30' as date)"), '23'],
    ['new year', full_years_between("cast('1999-12-31' as date)", "cast('2024-01-01' as date)"), '24'],
    ['leap day, not yet', full_years_between("cast('2000-02-29' as date)", "cast('2023-02-28' as date)"), '22'],
    ['leap day, on 1 March', full_years_between("cast('2000-02-29' as date)", "cast('2023-03-01' as date)"), '23'],
    ['leap day to leap day', full_years_between("cast('2000-02-29' as date)", "cast('2024-02-29' as date)"), '24'],
    ['a year backwards', full_years_between("cast('2024-03-01' as date)", "cast('2023-03-01' as date)"), '-1'],
    ['backwards rounds down', full_years_between("cast('2024-03-01' as date)", "cast('2023-02-28' as date)"), '-2'],
    ['from null', full_years_between('cast(null as date)', "cast('2024-02-29' as date)"), 'null'],
    ['to null', full_years_between("cast('2024-02-29' as date)", 'cast(null as date)'), 'null']
]) }}
