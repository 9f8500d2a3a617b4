"""Build the warehouse with dbt, and say what it holds."""
