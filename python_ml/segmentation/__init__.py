"""Segments of customers by income and spending."""
