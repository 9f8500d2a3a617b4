"""The shop's own MySQL database: install, trade, feed the warehouse."""
