"""The semantic models and metrics of dbt, as tables and measures for BI tools."""
