"""The way to a database: DuckDB, MySQL, MariaDB and Spark behind one interface."""
