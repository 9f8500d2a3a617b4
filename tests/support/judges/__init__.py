"""Judges of the scoring: published formulas and known truth, without the code they judge."""
