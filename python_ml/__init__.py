"""Scoring of the core: segmentation, forecasts, lifetime value and predictions."""
