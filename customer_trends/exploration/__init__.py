"""Look at raw tables: for the notebook in docs/examples."""
