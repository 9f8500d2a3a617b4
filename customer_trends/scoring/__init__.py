"""Run the models of python_ml over the warehouse, and keep the history of the runs."""
