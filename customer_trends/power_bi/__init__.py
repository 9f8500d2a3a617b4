"""A Power BI project from the semantic models."""
