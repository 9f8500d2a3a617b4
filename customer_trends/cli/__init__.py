"""The command line `customer-trends`."""
