"""Scoring of the marts; no job is here yet."""
