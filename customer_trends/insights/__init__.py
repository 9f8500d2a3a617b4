"""Findings in sentences, made by rules from the marts."""
