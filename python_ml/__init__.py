"""Scoring of the marts: segmentation, forecasts, lifetime value and predictions."""
