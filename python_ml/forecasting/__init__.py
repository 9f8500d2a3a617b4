"""Forecasts of sales by month."""
