"""Scoring: reads marts, fits models and writes one table per kind of score."""
