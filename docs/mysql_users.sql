-- Two accounts for MySQL and MariaDB, each with the rights it needs and no more. Run as an administrator, after
-- replacing the passwords, and `customer_trends` where the profile's schema is another one.
-- Rights are given on databases, not on tables: tables that a build replaces keep them. In a name the underscore is escaped,
-- or it would stand for any character. Where MySQL runs with partial_revokes, name the databases one by one.

-- Builds: makes the databases and tables of the project, and loads files into them.
create user if not exists 'customer_trends_builder'@'%' identified by 'change this password';
grant select, insert, update, delete, create, drop, alter, index
on `customer\_trends\_%`.* to 'customer_trends_builder'@'%';

-- Reads the marts, the cube and what was published about the build: dashboards need nothing else. For the star see
-- mysql_star_reader.sql.
create user if not exists 'customer_trends_reader'@'%' identified by 'change this password, too';
grant select on `customer\_trends\_marts`.* to 'customer_trends_reader'@'%';
grant select on `customer\_trends\_cube`.* to 'customer_trends_reader'@'%';
grant select on `customer\_trends\_publication`.* to 'customer_trends_reader'@'%';
