"""Real MariaDB and MySQL servers that tests start on loopback and stop again."""
