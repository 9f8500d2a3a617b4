-- Thirty-two states in the four census regions. Tax in hundredths of a percent; weights are rough.
create table places as
select
    row_number() over () as place_id,
    *,
    sum(weight) over (order by zip_prefix, city) - weight as weight_from
from (
    values
        ('New York', 'NY', '100', 800, 9), ('Buffalo', 'NY', '142', 800, 2),
        ('Boston', 'MA', '021', 625, 4), ('Worcester', 'MA', '016', 625, 2),
        ('Philadelphia', 'PA', '191', 600, 5), ('Pittsburgh', 'PA', '152', 600, 2),
        ('Newark', 'NJ', '071', 663, 3), ('Trenton', 'NJ', '086', 663, 1),
        ('Hartford', 'CT', '061', 635, 2), ('New Haven', 'CT', '065', 635, 1),
        ('Manchester', 'NH', '031', 0, 1), ('Portland', 'ME', '041', 550, 1),
        ('Chicago', 'IL', '606', 825, 9), ('Springfield', 'IL', '627', 825, 1),
        ('Detroit', 'MI', '482', 600, 3), ('Grand Rapids', 'MI', '495', 600, 2),
        ('Columbus', 'OH', '432', 750, 4), ('Cleveland', 'OH', '441', 750, 2),
        ('Indianapolis', 'IN', '462', 700, 3), ('Minneapolis', 'MN', '554', 788, 3),
        ('Milwaukee', 'WI', '532', 550, 3), ('Madison', 'WI', '537', 550, 2),
        ('St. Louis', 'MO', '631', 800, 2), ('Kansas City', 'MO', '641', 800, 2),
        ('Des Moines', 'IA', '503', 700, 1), ('Houston', 'TX', '770', 825, 6),
        ('Dallas', 'TX', '752', 825, 5), ('Austin', 'TX', '787', 825, 4),
        ('Miami', 'FL', '331', 700, 5), ('Tampa', 'FL', '336', 700, 3),
        ('Orlando', 'FL', '328', 700, 3), ('Atlanta', 'GA', '303', 800, 4),
        ('Savannah', 'GA', '314', 800, 1), ('Charlotte', 'NC', '282', 725, 3),
        ('Raleigh', 'NC', '276', 725, 2), ('Richmond', 'VA', '232', 600, 2),
        ('Nashville', 'TN', '372', 925, 3), ('Memphis', 'TN', '381', 925, 2),
        ('New Orleans', 'LA', '701', 945, 2), ('Baltimore', 'MD', '212', 600, 3),
        ('Louisville', 'KY', '402', 600, 2), ('Los Angeles', 'CA', '900', 850, 9),
        ('San Diego', 'CA', '921', 850, 4), ('San José', 'CA', '951', 850, 4),
        ('Seattle', 'WA', '981', 900, 4), ('Spokane', 'WA', '992', 900, 1),
        ('Portland', 'OR', '972', 0, 3), ('Denver', 'CO', '802', 800, 3),
        ('Cañon City', 'CO', '812', 800, 1), ('Phoenix', 'AZ', '850', 800, 4),
        ('Tucson', 'AZ', '857', 800, 2), ('Las Vegas', 'NV', '891', 838, 3),
        ('Salt Lake City', 'UT', '841', 725, 2), ('Albuquerque', 'NM', '871', 775, 1),
        ('Española', 'NM', '875', 775, 1)
) as listed (city, state, zip_prefix, tax_rate, weight);

-- Large towns are drawn more often: one slot per unit of weight.
create table place_slots as
select
    weight_from + unnest(range(weight)) as slot,
    place_id
from places;

set variable place_slots = (select list(place_id order by slot) from place_slots);

-- A home is a place and the last two digits of its postal code in one number.
create macro home(topic, id) as
    pick(getvariable('place_slots'), topic, id) * 100
    + uniform_integer(topic || ' digits', id, 1, 99);

create macro postal_code(zip_prefix, home) as zip_prefix || lpad((home % 100)::varchar, 2, '0');
